import type { SessionId, UserId } from '../ids.js';

/**
 * Which sessions still hold, fast. Only a positive answer is cached, so losing the cache never revives a session:
 * an unknown one is asked of the user service, and if that cannot answer the request is refused (`unavailable`).
 */
export abstract class SessionRegistry {
  /** @throws DunlinError `session_revoked`, or `unavailable` when nobody can tell. */
  abstract assertActive(sessionId: SessionId, userId: UserId): Promise<void>;
  /** Called before a revocation is answered. Never throws. */
  abstract revoked(sessionIds: readonly SessionId[]): Promise<void>;
}
