import { DunlinError, SessionRegistry, type RpcClient, type SessionId, type UserId } from '@dunlin/contracts';
import { REDIS_PREFIX } from '../redis/connect-redis.js';
import { RedisAway, type RedisLink } from '../redis/redis-link.js';
import { askSession } from './ask-session.js';
import { RevokedSessions } from './revoked-sessions.js';

/** How long a positive answer is kept in Redis. Seconds. */
const ACTIVE_S = 60;
const RETRY_MS = 1000;
const MAX_UNTOLD = 100_000;
const REVOKED = 'revoked';

/**
 * `dunlin:session:<id>` is `active:<user>` for a minute after the user service said so, or `revoked` for as long as an
 * access token may live. NX keeps a late positive answer from covering a revocation. No positive answer is kept in
 * this process: a revocation anywhere counts from the moment that Redis has it.
 */
export class RedisSessionRegistry extends SessionRegistry {
  private readonly gone: RevokedSessions;
  /** Revocations that Redis did not take yet, with the time until which they matter. */
  private readonly untold = new Map<SessionId, number>();
  private distrustUntil = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param revokedMs how long a revocation is remembered
   * @param now milliseconds
   */
  constructor(
    private readonly link: RedisLink,
    private readonly rpc: RpcClient,
    private readonly revokedMs: number,
    private readonly now: () => number,
  ) {
    super();
    this.gone = new RevokedSessions(revokedMs, now);
    link.onRecovery(() => {
      // revocations of the meantime, this process's or another's, may be missing behind what Redis calls active
      this.distrustUntil = this.now() + ACTIVE_S * 1000;
      void this.tell();
    });
  }

  async assertActive(sessionId: SessionId, userId: UserId): Promise<void> {
    if (this.gone.has(sessionId)) throw new DunlinError('session_revoked');
    const known = await this.look(sessionId);
    if (known === REVOKED) {
      this.gone.add(sessionId);
      throw new DunlinError('session_revoked');
    }
    if (known === `active:${userId}` && this.now() >= this.distrustUntil) return;
    const holds = await askSession(this.rpc, sessionId, userId);
    if (holds && known === null) await this.remember(sessionId, userId);
    if (!holds || this.gone.has(sessionId)) throw new DunlinError('session_revoked');
  }

  async revoked(sessionIds: readonly SessionId[]): Promise<void> {
    for (const id of sessionIds) {
      this.gone.add(id);
      this.untold.set(id, this.now() + this.revokedMs);
    }
    for (const id of this.untold.keys()) {
      if (this.untold.size <= MAX_UNTOLD) break;
      this.untold.delete(id);
    }
    await this.tell(sessionIds);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** @returns undefined when Redis is away */
  private async look(sessionId: SessionId): Promise<string | null | undefined> {
    try {
      return await this.link.attempt((redis) => redis.get(keyOf(sessionId)));
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
      return undefined;
    }
  }

  /** Finds out as well when it has been revoked while the answer was under way. */
  private async remember(sessionId: SessionId, userId: UserId): Promise<void> {
    const key = keyOf(sessionId);
    try {
      const stored = await this.link.attempt((redis) => redis.set(key, `active:${userId}`, 'EX', ACTIVE_S, 'NX'));
      if (stored === null && (await this.look(sessionId)) === REVOKED) this.gone.add(sessionId);
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
    }
  }

  /** Writes tombstones; what does not get through is tried again until it has, or matters no more. */
  private async tell(ids: readonly SessionId[] = [...this.untold.keys()]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        const leftMs = (this.untold.get(id) ?? 0) - this.now();
        if (leftMs > 0) {
          try {
            await this.link.attempt((redis) => redis.set(keyOf(id), REVOKED, 'PX', leftMs));
          } catch {
            return; // RedisAway: it stays untold
          }
        }
        this.untold.delete(id);
      }),
    );
    if (this.untold.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    } else if (this.timer === undefined) {
      this.timer = setInterval(() => void this.tell(), RETRY_MS);
      this.timer.unref();
    }
  }
}

const keyOf = (id: SessionId): string => `${REDIS_PREFIX}session:${id}`;
