import { LIMITS, type Presence as PresenceState } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import { Keyed } from '../store/keyed.js';
import type { Observable } from '../store/observable.js';
import type { Connection } from '../transport/connection.js';

/** Who comes and goes within this time, as in a list that is scrolled, goes as one request. Milliseconds. */
const TOGETHER_MS = 100;

/** Who of one's friends and fellow members is there. */
export class Presence {
  private readonly watched = new Map<string, number>();
  private readonly known = new Map<string, PresenceState>();
  private readonly views = new Keyed<PresenceState | null>((id) => this.known.get(id) ?? null);
  private connection: Connection | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Before this the server takes no more. */
  private notBefore = 0;

  /** Null while nothing is known: nobody watches, there is no tie, or no connection. */
  of(userId: string): Observable<PresenceState | null> {
    return this.views.of(userId);
  }

  /**
   * Keeps up with these people until the returned function is called. Of more than 200 people at a time, those watched
   * first are followed.
   */
  watch(userIds: readonly string[]): () => void {
    for (const id of userIds) this.watched.set(id, (this.watched.get(id) ?? 0) + 1);
    this.schedule();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      for (const id of userIds) {
        const left = (this.watched.get(id) ?? 1) - 1;
        if (left > 0) this.watched.set(id, left);
        else this.watched.delete(id);
      }
      this.schedule();
    };
  }

  /** @internal */
  use(connection: Connection): void {
    this.connection = connection;
    connection.on('up', () => this.schedule());
    connection.on('presence', ({ userId, online, lastSeenAt }) => {
      if (this.watched.has(userId)) this.set(userId, { online, lastSeenAt });
    });
    connection.state.subscribe(() => {
      if (this.connection === connection && connection.state.getSnapshot().status !== 'online') this.forget();
    });
  }

  /** Asks again; a connection that has died unnoticed shows by that. @internal */
  refresh(): void {
    this.schedule();
  }

  /** @internal */
  stop(): void {
    this.connection = undefined;
    this.unschedule();
    this.notBefore = 0;
    this.forget();
  }

  private schedule(): void {
    const ask = (): void => {
      this.timer = undefined;
      void this.subscribe();
    };
    this.timer ??= setTimeout(ask, Math.max(TOGETHER_MS, this.notBefore - Date.now()));
  }

  private unschedule(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async subscribe(): Promise<void> {
    const { connection } = this;
    for (const id of this.known.keys()) if (!this.watched.has(id)) this.set(id, undefined);
    if (!connection?.online) return;
    const userIds = [...this.watched.keys()].slice(0, LIMITS.presenceUsers);
    try {
      const answer = await connection.request('presence:subscribe', { userIds });
      if (this.connection !== connection) return;
      for (const id of userIds) if (this.watched.has(id)) this.set(id, answer[id]);
    } catch (error) {
      // presence may be missing; the next connection asks again
      const { retryAfterMs } = DunlinError.from(error);
      if (retryAfterMs === undefined || this.connection !== connection) return;
      this.notBefore = Date.now() + retryAfterMs;
      this.unschedule();
      this.schedule();
    }
  }

  private set(userId: string, presence: PresenceState | undefined): void {
    if (presence) this.known.set(userId, presence);
    else this.known.delete(userId);
    this.views.invalidate(userId);
  }

  private forget(): void {
    if (this.known.size === 0) return;
    this.known.clear();
    this.views.invalidateAll();
  }
}
