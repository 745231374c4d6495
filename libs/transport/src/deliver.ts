import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DunlinError, type EventEnvelope } from '@dunlin/contracts';
import { bare, handleEvent } from './dispatch.js';
import type { EventHandler } from './handlers.js';
import { metrics } from './metrics.js';

const logger = new Logger('Events');

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

export interface Patience {
  /** How often a handler is tried that fails for no reason that would pass. */
  attempts: number;
  /** Whether to try again after a failure that passes by itself, the n-th in a row. */
  whileTransient: (failures: number) => boolean;
  /** True once the process ends: no more tries. */
  stopped?: () => boolean;
}

/**
 * Tells all handlers of one event, side by side. One that fails is told again after a pause, doubling from 50 ms to
 * 2 s; the others are not.
 * @throws the error of the first handler that was given up on, after all others have had their turn
 */
export async function deliver(
  handlers: readonly EventHandler[],
  envelope: EventEnvelope<unknown>,
  patience: Patience,
): Promise<void> {
  if (handlers.length === 1) return tell(handlers[0] as EventHandler, envelope, patience);
  const outcomes = await Promise.allSettled(handlers.map((handler) => tell(handler, envelope, patience)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

async function tell(handler: EventHandler, envelope: EventEnvelope<unknown>, patience: Patience): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  for (let failures = 1; ; failures++) {
    try {
      return await handleEvent(handler, envelope);
    } catch (error) {
      const { transient } = DunlinError.from(error);
      if (patience.stopped?.()) throw error;
      if (!(transient ? patience.whileTransient(failures) : failures < patience.attempts)) {
        logger.error(`A handler of ${handler.pattern} failed ${failures} times, given up`, { err: bare(error) });
        throw error;
      }
      if (failures === 1) logger.warn(`A handler of ${handler.pattern} failed, trying again`, { err: bare(error) });
      metrics.eventRetry(handler.pattern);
      await delay(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }
}
