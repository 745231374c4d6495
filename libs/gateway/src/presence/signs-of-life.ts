import { userRpc, type RpcClient, type UserId } from '@dunlin/contracts';
import { chunks, toTimestamp, type Clock } from '@dunlin/platform';
import { Logger } from '@nestjs/common';

/** After a process was killed its people are said to have been seen last at most so long before. */
const EVERY_MS = 60_000;
const BATCH = 500;
const STORE_MS = 2000;

/**
 * Stores now and then, for many at once, that people are still connected. Who leaves is stored then; but of a process that
 * is killed nobody leaves, and the last sign of life is all that there is to say.
 */
export class SignsOfLife {
  private readonly logger = new Logger('Presence');
  private readonly arrived = new Set<UserId>();
  /** When each was stored, the oldest first. */
  private readonly storedAt = new Map<UserId, number>();

  constructor(
    private readonly rpc: RpcClient,
    private readonly clock: Clock,
  ) {}

  arrive(userId: UserId): void {
    if (!this.storedAt.has(userId)) this.arrived.add(userId);
  }

  leave(userId: UserId): void {
    this.arrived.delete(userId);
    this.storedAt.delete(userId);
  }

  /** To be called every few seconds. Never throws. */
  async store(): Promise<void> {
    const now = this.clock.now();
    const due = this.due(now);
    for (const userId of due) {
      this.storedAt.delete(userId);
      this.storedAt.set(userId, now);
    }
    const at = toTimestamp(now);
    try {
      for (const userIds of chunks(due, BATCH))
        await this.rpc.call(userRpc.touch, { userIds, at }, { timeoutMs: STORE_MS });
    } catch (error) {
      this.logger.debug(`Who is connected could not be stored: ${String(error)}`);
    }
  }

  private due(now: number): UserId[] {
    const due = [...this.arrived];
    this.arrived.clear();
    for (const [userId, at] of this.storedAt) {
      if (now - at < EVERY_MS) break;
      due.push(userId);
    }
    return due;
  }
}
