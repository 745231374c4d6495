import { DunlinError } from '@dunlin/contracts';
import { isAway } from './failures.js';

const STUCK_MS = 3000;

/**
 * Notices that transactions, which come one after the other, do not get through: a file can be read for as long as another
 * program holds its write lock, and when the disk is full.
 */
export class WriteWatch {
  private running = false;
  /** When the first began that has not got through, since one that has. */
  private stuckSince: number | undefined;

  /** @param now milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  async over<T>(transaction: () => Promise<T>): Promise<T> {
    const before = this.stuckSince;
    this.stuckSince ??= this.now();
    this.running = true;
    try {
      const result = await transaction();
      this.stuckSince = undefined;
      return result;
    } catch (error) {
      // what it was refused for says nothing of the file
      if (!isStuck(error)) this.stuckSince = before;
      throw error;
    } finally {
      this.running = false;
    }
  }

  /**
   * @param attempt a transaction of no consequence that writes, run when no other one is there to show that things go on again
   * @throws DunlinError `unavailable` while nothing gets through
   */
  assertGoing(attempt: () => Promise<unknown>): void {
    if (this.stuckSince === undefined || this.now() - this.stuckSince < STUCK_MS) return;
    if (!this.running) attempt().catch(() => undefined);
    throw new DunlinError('unavailable');
  }
}

const isStuck = (error: unknown): boolean => isAway(error instanceof DunlinError ? error.cause : error);
