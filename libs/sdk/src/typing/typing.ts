import type { Message } from '@dunlin/contracts/wire';
import { Keyed } from '../store/keyed.js';
import type { Observable } from '../store/observable.js';
import type { Connection } from '../transport/connection.js';

/** Somebody who says nothing more is taken to have stopped. Milliseconds. */
const EXPIRES_MS = 6000;
/** How often it is said again while somebody goes on. */
const REPEAT_MS = 3000;

type Timer = ReturnType<typeof setTimeout>;

/** Who is writing. */
export class Typing {
  private readonly writers = new Map<string, Map<string, Timer>>();
  private readonly views = new Keyed<readonly string[]>((id) => [...(this.writers.get(id)?.keys() ?? [])]);
  private readonly own = new Map<string, { saidAt: number; stop: Timer }>();
  private connection: Connection | undefined;

  /** The ids of those who are writing in a conversation now. */
  of(conversationId: string): Observable<readonly string[]> {
    return this.views.of(conversationId);
  }

  /** To be called at every key: it is told now and then, and taken back when no more keys come, or by `stopped`. */
  active(conversationId: string): void {
    const before = this.own.get(conversationId);
    clearTimeout(before?.stop);
    const stop = setTimeout(() => this.stopped(conversationId), EXPIRES_MS - 1000);
    const due = !before || Date.now() - before.saidAt >= REPEAT_MS;
    this.own.set(conversationId, { saidAt: due ? Date.now() : before.saidAt, stop });
    if (due) this.tell(conversationId, true);
  }

  /** The person has stopped writing, or has sent what was written. */
  stopped(conversationId: string): void {
    const before = this.own.get(conversationId);
    if (!before) return;
    clearTimeout(before.stop);
    this.own.delete(conversationId);
    this.tell(conversationId, false);
  }

  /** @internal */
  use(connection: Connection): void {
    this.connection = connection;
    connection.on('typing', ({ conversationId, userId, active }) => {
      if (active) this.begun(conversationId, userId);
      else this.ended(conversationId, userId);
    });
    // whether they go on is not heard any more
    connection.state.subscribe(() => {
      if (connection.state.getSnapshot().status !== 'online') this.forgetWriters();
    });
    connection.on('messages', (messages: Message[]) => {
      for (const { conversationId, senderId } of messages) this.ended(conversationId, senderId);
    });
  }

  /** @internal */
  stop(): void {
    this.connection = undefined;
    for (const { stop } of this.own.values()) clearTimeout(stop);
    this.own.clear();
    this.forgetWriters();
  }

  private forgetWriters(): void {
    for (const writers of this.writers.values()) for (const timer of writers.values()) clearTimeout(timer);
    this.writers.clear();
    this.views.invalidateAll();
  }

  private begun(conversationId: string, userId: string): void {
    const writers = this.writers.get(conversationId) ?? new Map<string, Timer>();
    this.writers.set(conversationId, writers);
    const known = writers.has(userId);
    clearTimeout(writers.get(userId));
    const timer = setTimeout(() => this.ended(conversationId, userId), EXPIRES_MS);
    (timer as { unref?: () => void }).unref?.();
    writers.set(userId, timer);
    if (!known) this.views.invalidate(conversationId);
  }

  private ended(conversationId: string, userId: string): void {
    const writers = this.writers.get(conversationId);
    const timer = writers?.get(userId);
    if (!writers || timer === undefined) return;
    clearTimeout(timer);
    writers.delete(userId);
    if (writers.size === 0) this.writers.delete(conversationId);
    this.views.invalidate(conversationId);
  }

  /** Not worth a second try: it is over before that. */
  private tell(conversationId: string, active: boolean): void {
    void this.connection?.request('typing', { conversationId, active }).catch(() => undefined);
  }
}
