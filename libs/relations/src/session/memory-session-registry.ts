import { DunlinError, SessionRegistry, type RpcClient, type SessionId, type UserId } from '@dunlin/contracts';
import { Lru } from '@dunlin/platform';
import { askSession } from './ask-session.js';
import { RevokedSessions } from './revoked-sessions.js';

const MAX_ACTIVE = 50_000;

/**
 * Sessions in this process. A positive answer may be kept only where every revocation passes through the same
 * process; elsewhere `activeMs` is 0 and each check asks.
 */
export class MemorySessionRegistry extends SessionRegistry {
  private readonly active: Lru<SessionId, UserId>;
  private readonly gone: RevokedSessions;

  /**
   * @param activeMs how long a positive answer is kept
   * @param revokedMs how long a revocation is remembered
   * @param now milliseconds
   */
  constructor(
    private readonly rpc: RpcClient,
    private readonly activeMs: number,
    revokedMs: number,
    now: () => number,
  ) {
    super();
    this.active = new Lru(MAX_ACTIVE, now);
    this.gone = new RevokedSessions(revokedMs, now);
  }

  async assertActive(sessionId: SessionId, userId: UserId): Promise<void> {
    if (this.gone.has(sessionId)) throw new DunlinError('session_revoked');
    if (this.active.get(sessionId) === userId) return;
    const holds = await askSession(this.rpc, sessionId, userId);
    // it may have been revoked while the answer was under way
    if (!holds || this.gone.has(sessionId)) throw new DunlinError('session_revoked');
    if (this.activeMs > 0) this.active.set(sessionId, userId, this.activeMs);
  }

  async revoked(sessionIds: readonly SessionId[]): Promise<void> {
    for (const id of sessionIds) {
      this.gone.add(id);
      this.active.delete(id);
    }
  }
}
