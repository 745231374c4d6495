import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { DunlinError } from '@dunlin/contracts';
import { reason } from './kafka-factory.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
const SAY_EVERY_MS = 5000;

/**
 * Tries until it works, with pauses doubling from 0.1 s to 2 s, and says so every 5 s.
 * @param what completes "Waiting for …"
 * @throws DunlinError `unavailable` once `stopped` answers true
 */
export async function keepTrying<T>(
  what: string,
  attempt: () => Promise<T>,
  { logger, stopped }: { logger: Logger; stopped: () => boolean },
): Promise<T> {
  let saidAt = -Infinity;
  for (let pause = FIRST_PAUSE_MS; !stopped(); pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      const result = await attempt();
      if (saidAt > -Infinity) logger.log(`Found ${what}`);
      return result;
    } catch (error) {
      if (performance.now() - saidAt >= SAY_EVERY_MS) {
        saidAt = performance.now();
        logger.warn(`Waiting for ${what}: ${reason(error)}`);
      }
      await delay(pause);
    }
  }
  throw new DunlinError('unavailable', { message: 'The process ends' });
}
