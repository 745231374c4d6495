import type { EventEnvelope } from '@dunlin/contracts';
import { KeyedLanes, type Clock } from '@dunlin/platform';
import { deliver } from '../deliver.js';
import type { Handlers } from '../handlers.js';
import { metrics } from '../metrics.js';
import type { DeadLetters } from './dead-letters.js';
import { decode, header, HEADERS, type InRecord } from './record.js';
import { worthMs } from './topics.js';

const ATTEMPTS = 5;

/** Turns records into events: in order per key, those of other keys beside it. */
export class EventRecords {
  private readonly lanes = new KeyedLanes();

  constructor(
    private readonly handlers: Handlers,
    private readonly deadLetters: DeadLetters,
    private readonly clock: Clock,
    private readonly stopped: () => boolean,
  ) {}

  /**
   * Resolves when all handlers have had their effect, or the record was put aside: at once when it cannot be read, after
   * five tries when a handler fails for no reason that would pass, and else when it is worth nothing any more.
   */
  handle(record: InRecord): Promise<void> | undefined {
    const pattern = header(record, HEADERS.pattern);
    if (pattern === undefined) return this.deadLetters.bury(record, 'no event');
    const handlers = this.handlers.events(pattern);
    if (handlers.length === 0) return undefined;
    let envelope: EventEnvelope<unknown>;
    try {
      envelope = read(record);
    } catch {
      return this.deadLetters.bury(record, 'not readable');
    }
    metrics.eventLag(record.topic, Math.max(0, this.clock.now() - record.timestamp) / 1000);
    const worthUntil = record.timestamp + worthMs(record.topic);
    const patience = {
      attempts: ATTEMPTS,
      whileTransient: () => this.clock.now() < worthUntil,
      stopped: this.stopped,
    };
    return this.lanes.run(`${record.topic}|${record.partition}|${record.key ?? ''}`, async () => {
      try {
        await deliver(handlers, envelope, patience);
      } catch (error) {
        if (this.stopped()) throw error;
        await this.deadLetters.bury(record, `${pattern} failed`);
      }
    });
  }
}

function read(record: InRecord): EventEnvelope<unknown> {
  const envelope = decode(record.value) as EventEnvelope<unknown> | null;
  if (typeof envelope !== 'object' || typeof envelope?.traceId !== 'string') throw new Error('Not an event');
  return envelope;
}
