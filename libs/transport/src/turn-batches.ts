import { setImmediate } from 'node:timers';
import { DunlinError, type ReturnAddress, type RpcRequest, type Settle, type Submission } from '@dunlin/contracts';
import type { Clock } from '@dunlin/platform';
import { admit, handleBatch, reported, RequestExpired } from './dispatch.js';
import type { RequestHandler } from './handlers.js';

/**
 * Collects the requests of batched handlers and hands them over once a turn of the event loop: what a promise, a
 * context and Nest's pipeline cost is then paid once for all of them.
 */
export class TurnBatches {
  private collected = new Map<RequestHandler, Submission[]>();

  constructor(private readonly clock: Clock) {}

  /** @param settle hears {@link RequestExpired} when nobody waits for the answer any more */
  add(handler: RequestHandler, request: RpcRequest<unknown>, settle: Settle<unknown>, back?: ReturnAddress): void {
    let expired: boolean;
    try {
      expired = admit(handler, request, this.clock);
    } catch (error) {
      settle(DunlinError.from(error));
      return;
    }
    const submission = {
      request: request as Submission['request'],
      settle: reported(handler, request, expired ? () => settle(new RequestExpired()) : settle),
      back: expired ? undefined : back,
    };
    const batch = this.collected.get(handler);
    if (batch) {
      batch.push(submission);
      return;
    }
    if (this.collected.size === 0) setImmediate(() => this.handOverAll());
    this.collected.set(handler, [submission]);
  }

  /** At once, what another request of the topic, which is not collected, must not overtake. */
  handOver(topic: string): void {
    for (const [handler, submissions] of this.collected) {
      if (handler.topic !== topic) continue;
      this.collected.delete(handler);
      void handleBatch(handler, submissions);
    }
  }

  private handOverAll(): void {
    const collected = this.collected;
    this.collected = new Map();
    for (const [handler, submissions] of collected) void handleBatch(handler, submissions);
  }
}
