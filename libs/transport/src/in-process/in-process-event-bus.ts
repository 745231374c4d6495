import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DunlinError, EventBus, type DomainEvent, type EventEnvelope } from '@dunlin/contracts';
import { currentTraceId, runInTrace } from '@dunlin/platform';
import type { MessageHandler } from '@nestjs/microservices';
import { invoke } from '../dispatch.js';
import { asPlainData } from './plain-data.js';
import type { Hub } from './hub.js';

const ATTEMPTS = 3;

/** Tells the handlers of the same process; resolves when they have run. */
@Injectable()
export class InProcessEventBus extends EventBus {
  private readonly logger = new Logger('EventBus');

  constructor(private readonly hub: Hub) {
    super();
  }

  /** @throws DunlinError `unavailable` when a handler kept failing; the others have run */
  async publish<T>(event: DomainEvent<T>, data: T): Promise<void> {
    const envelope: EventEnvelope<T> = { traceId: currentTraceId(), data: asPlainData(data) };
    const handlers = this.hub.eventHandlers(event.pattern);
    const results = await Promise.allSettled(handlers.map((handler) => this.tell(handler, event.pattern, envelope)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw new DunlinError('unavailable', { cause: failed.reason as unknown });
  }

  private async tell(handler: MessageHandler, pattern: string, envelope: EventEnvelope<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await runInTrace(envelope.traceId, () => invoke(handler, envelope));
        return;
      } catch (error) {
        if (attempt === ATTEMPTS) {
          this.logger.error(`A handler of ${pattern} keeps failing`, { err: error as Error });
          throw error;
        }
        await delay(20 * attempt);
      }
    }
  }
}
