import type { MessageHandler } from '@nestjs/microservices';

export interface RequestHandler {
  readonly pattern: string;
  readonly topic: string;
  /** Its caller must be known. */
  readonly authed: boolean;
  readonly sealed: boolean;
  /** Runs for a request past its deadline too. */
  readonly late: boolean;
  /** See `Rpc.refusedAtOnce`. */
  readonly refusedAtOnce: boolean;
  /** Takes submissions, many at once. */
  readonly batched: boolean;
  readonly run: MessageHandler;
}

export interface EventHandler {
  readonly pattern: string;
  readonly topic: string;
  readonly run: MessageHandler;
}

/** Who answers what in this process: filled by Nest when the application starts, read by either transport. */
export class Handlers {
  private readonly byRequest = new Map<string, RequestHandler>();
  private readonly byEvent = new Map<string, EventHandler[]>();

  /**
   * Takes what Nest hands to a server's `addHandler`.
   * @throws Error when a request pattern has a handler already, or was not declared with `RpcHandler` or `OnEvent`
   */
  add(pattern: string, run: MessageHandler, isEvent: boolean, extras: Record<string, unknown> = {}): void {
    const { topic, authed, sealed, late, refusedAtOnce, batched } = extras;
    if (typeof topic !== 'string') throw new Error(`${pattern} has no topic: declare it with RpcHandler or OnEvent`);
    if (isEvent) {
      this.byEvent.set(pattern, [...this.events(pattern), { pattern, topic, run }]);
      return;
    }
    if (this.byRequest.has(pattern)) throw new Error(`Two handlers for ${pattern}`);
    const flags = {
      authed: authed === true,
      sealed: sealed === true,
      late: late === true,
      refusedAtOnce: refusedAtOnce === true,
      batched: batched === true,
    };
    this.byRequest.set(pattern, { pattern, topic, ...flags, run });
  }

  request(pattern: string): RequestHandler | undefined {
    return this.byRequest.get(pattern);
  }

  events(pattern: string): readonly EventHandler[] {
    return this.byEvent.get(pattern) ?? [];
  }

  /** Each topic once. */
  requestTopics(): string[] {
    return [...new Set([...this.byRequest.values()].map(({ topic }) => topic))];
  }

  /** Each topic once. */
  eventTopics(): string[] {
    return [...new Set([...this.byEvent.values()].flat().map(({ topic }) => topic))];
  }
}
