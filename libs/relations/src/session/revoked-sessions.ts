import type { SessionId } from '@dunlin/contracts';
import { Lru } from '@dunlin/platform';

const MAX = 50_000;
/** An access token that ran out is refused for that; the margin is for clocks that differ. Seconds. */
const MARGIN_S = 60;

/** How long a revoked session is remembered, in milliseconds: as long as an access token of it may live. */
export const tombstoneMs = (accessTokenTtlS: number): number => (accessTokenTtlS + MARGIN_S) * 1000;

/** Sessions that this process knows to be revoked. Forgetting one is harmless: it is then asked for again. */
export class RevokedSessions {
  private readonly ids: Lru<SessionId, true>;

  constructor(
    private readonly ttlMs: number,
    now: () => number,
  ) {
    this.ids = new Lru(MAX, now);
  }

  has(id: SessionId): boolean {
    return this.ids.get(id) === true;
  }

  add(id: SessionId): void {
    this.ids.set(id, true, this.ttlMs);
  }
}
