import { LIMITS, type Presence as PresenceState } from '@dunlin/contracts/wire';
import { Keyed } from '../store/keyed.js';
import type { Observable } from '../store/observable.js';
import type { Connection } from '../transport/connection.js';

/** Who of one's friends and fellow members is there. */
export class Presence {
  private readonly watched = new Map<string, number>();
  private readonly known = new Map<string, PresenceState>();
  private readonly views = new Keyed<PresenceState | null>((id) => this.known.get(id) ?? null);
  private connection: Connection | undefined;
  private scheduled = false;

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
    connection.on('presence', ({ userId, online, lastSeenAt }) => this.set(userId, { online, lastSeenAt }));
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
    this.forget();
  }

  /** What one turn asked for goes as one request. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      void this.subscribe();
    });
  }

  private async subscribe(): Promise<void> {
    const { connection } = this;
    if (!connection?.online) return;
    const userIds = [...this.watched.keys()].slice(0, LIMITS.presenceUsers);
    try {
      const answer = await connection.request('presence:subscribe', { userIds });
      if (this.connection !== connection) return;
      for (const id of userIds) this.set(id, answer[id]);
    } catch {
      // presence may be missing; the next connection asks again
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
