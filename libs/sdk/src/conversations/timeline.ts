import { LIMITS, type Conversation, type Message, type MessagePage } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
import { Computed, type Observable } from '../store/observable.js';
import type { Chat } from './chat.js';
import { fromEntry, fromMessage, type ChatMessage, type EntryState } from './chat-message.js';
import { LogWindow } from './log-window.js';
import type { Range } from './ranges.js';

/** What a timeline needs of the rest. */
export interface TimelinePorts {
  me(): string;
  chat(): Chat | undefined;
  /** What waits or has failed, in order. */
  entries(): OutboxEntry[];
  stateOf(entry: OutboxEntry): EntryState | undefined;
  history(query: { afterSeq?: number; beforeSeq?: number; limit: number }): Promise<MessagePage>;
  /** The log has more. */
  grown(chat: Chat): void;
  read(seq: number): void;
  closed(): void;
}

export interface TimelineSnapshot {
  /** Undefined until the conversation is known here. */
  readonly conversation: Conversation | undefined;
  /**
   * Ascending, without a hole. At the newest end followed by what is pending; what has failed stays where it was when it
   * did, so that what comes later comes after it.
   */
  readonly messages: readonly ChatMessage[];
  /** Where the unread ones began when the timeline was opened, or after `unreadFrom`, for a line in between; or null. */
  readonly firstUnreadSeq: number | null;
  readonly hasOlder: boolean;
  /** True after a jump back or far up: what comes is not shown until `loadNewer` or `jumpToLatest`. */
  readonly hasNewer: boolean;
  readonly loading: 'older' | 'newer' | 'around' | null;
  /** The message to bring into view; a new object for every jump. */
  readonly focus: { readonly seq: number } | null;
  /** The seq up to which each of the others is known to have read. */
  readonly readCursors: Readonly<Record<string, number>>;
  /** Why the last loading failed; null after one that worked. */
  readonly error: DunlinError | null;
}

const PAGE = LIMITS.history.default;
/** How many messages are shown before the far end is let go of, and after `jumpToLatest`. */
const WINDOW = 600;

/**
 * A window on one conversation: a run of messages without a hole, somewhere in its log. It shows some hundreds: going on in
 * one direction, it lets go of the other end, in a change of its own before the one that brings more. At the newest end it
 * grows with what comes, as it does not know what of it is looked at: from time to time, say beyond 1,500 messages, call
 * `jumpToLatest` while the reader is at the end, which lets go of all but the newest 600, or `holdNewest` while nobody looks.
 * While it is open, its messages stay in memory; close it when it is no longer shown.
 */
export class Timeline implements Observable<TimelineSnapshot> {
  private readonly view = new Computed<TimelineSnapshot>(() => this.compute());
  private shown = new Map<string, { source: Message | OutboxEntry; item: ChatMessage }>();
  private window = new LogWindow(WINDOW);
  /** Of whose log the window is. */
  private seen: Chat | undefined;
  private firstUnreadSeq: number | null = null;
  private focus: { seq: number } | null = null;
  /** What is being loaded. What a jump elsewhere has overtaken is not among it. */
  private loads: { readonly what: 'older' | 'newer' | 'around' }[] = [];
  private error: DunlinError | null = null;

  /** @internal */
  constructor(private readonly ports: TimelinePorts) {}

  readonly subscribe = (onChange: () => void): (() => void) => this.view.subscribe(onChange);
  readonly getSnapshot = (): TimelineSnapshot => this.view.getSnapshot();

  /** @internal Something that is shown has changed. */
  invalidate(): void {
    this.view.invalidate();
  }

  /**
   * Loads what is shown first.
   * @param at `unread`: so that the first unread message is in it; `latest`: the newest; or a seq
   * @throws DunlinError `not_found`, `network`; what the cache has is shown all the same
   * @internal
   */
  async begin(at: 'unread' | 'latest' | number): Promise<void> {
    const conversation = this.chat()?.conversation;
    if (!conversation) return;
    if (conversation.unread > 0) this.firstUnreadSeq = conversation.readSeq + 1;
    if (typeof at === 'number') return this.jumpTo(at);
    const { lastSeq } = conversation;
    const from = at === 'unread' && this.firstUnreadSeq ? this.firstUnreadSeq : lastSeq;
    // near the end it is one run with the newest
    if (lastSeq - from >= LIMITS.history.max / 2) return this.jumpTo(from);
    const focus = at === 'unread' ? this.firstUnreadSeq : null;
    await this.load('around', async ({ log }, current) => {
      const end = log.head;
      const [low] = log.around(end) ?? [end + 1];
      const wanted = Math.max(1, from - PAGE / 2);
      const limit = Math.min(LIMITS.history.max, Math.max(PAGE, low - wanted));
      try {
        if (low > wanted) log.addBefore(low, await this.ports.history({ beforeSeq: low, limit }));
      } finally {
        // also where only the cache can be had; unless somebody has jumped meanwhile
        if (current()) this.showNewest(focus);
      }
    });
  }

  /** Loads the page before the first one shown. Does nothing at the beginning or while loading. @throws DunlinError */
  loadOlder(limit: number = PAGE): Promise<void> {
    return this.load('older', async ({ log }, current) => {
      const low = this.window.cutNewer(log);
      this.invalidate();
      if (low <= 1) return;
      if (this.window.knowsBeyond(log).older) await shownFirst();
      else log.addBefore(low, await this.ports.history({ beforeSeq: low, limit }));
      if (current()) this.window.growOlder(log, low, limit);
    });
  }

  /** Loads the page after the last one shown. Does nothing at the newest end or while loading. @throws DunlinError */
  loadNewer(limit: number = PAGE): Promise<void> {
    return this.load('newer', async ({ log }, current) => {
      if (this.window.isLatest(log)) return;
      const high = this.window.cutOlder(log);
      this.invalidate();
      if (this.window.knowsBeyond(log).newer) await shownFirst();
      else log.addAfter(high, await this.ports.history({ afterSeq: high, limit }));
      if (current()) this.window.growNewer(log, high, limit);
    });
  }

  /**
   * Shows the run around a message, loading it if need be, and focuses it: for replies and search. Beyond the end it is the
   * last one. What is jumped to later wins. @throws DunlinError
   */
  async jumpTo(seq: number): Promise<void> {
    await this.load('around', async (chat, current) => {
      const at = chat.log.has(seq) ? seq : await this.loadAround(chat, seq);
      if (!current()) return;
      if (at === 0) return this.showNewest(null); // nothing was ever written
      this.window.toAround(chat.log, at);
      this.focus = { seq: at };
    });
  }

  /** Back to the newest messages; lets go of older ones where it shows very many. */
  jumpToLatest(): void {
    this.loads = [];
    this.showNewest(null);
  }

  /** What comes from now on is not shown until `loadNewer` or `jumpToLatest`: for when nobody looks, however much comes. */
  holdNewest(): void {
    const chat = this.chat();
    if (chat && this.window.isLatest(chat.log)) this.window.holdNewer(chat.log);
  }

  /**
   * The person has seen the messages up to `seq`; default: all that are shown. Shown at once, told to the server when it
   * can be reached.
   */
  markRead(seq?: number): void {
    const chat = this.chat();
    if (!chat) return;
    const [, high] = this.window.range(chat.log);
    this.ports.read(Math.min(seq ?? high, high));
  }

  /** What begins with `seq` came while nobody looked: `firstUnreadSeq` from now on. Shows it. @throws DunlinError */
  async unreadFrom(seq: number): Promise<void> {
    const chat = this.chat();
    if (!chat) return;
    this.firstUnreadSeq = seq;
    const [low, high] = this.window.range(chat.log);
    if (low <= seq && seq <= high) this.invalidate();
    else await this.jumpTo(seq);
  }

  /** Whom a stored message was read by, as far as is known: ids of others. */
  readersOf(seq: number): string[] {
    return Object.entries(this.getSnapshot().readCursors)
      .filter(([, read]) => read >= seq)
      .map(([userId]) => userId);
  }

  /** @internal The conversation could not be had. */
  failed(error: DunlinError): void {
    this.error = error;
    this.invalidate();
  }

  /** It is no longer shown: its messages beyond the newest may be forgotten. */
  close(): void {
    this.ports.closed();
  }

  /** Who is back after a sign-out, or in a group, has another log, in which the place of before may be unknown. */
  private chat(): Chat | undefined {
    const chat = this.ports.chat();
    if (!chat || chat === this.seen) return chat;
    if (this.seen) {
      this.window = new LogWindow(WINDOW);
      this.loads = [];
      this.focus = null;
    }
    this.seen = chat;
    return chat;
  }

  /** @param focus the seq to bring into view, if it is among them */
  private showNewest(focus: number | null): void {
    const chat = this.chat();
    if (chat) this.window.toLatest(chat.log);
    this.focus = focus !== null && chat?.log.has(focus) ? { seq: focus } : null;
    this.invalidate();
  }

  /** @returns the seq, or the last one there is */
  private async loadAround({ log }: Chat, seq: number): Promise<number> {
    const limit = PAGE / 2;
    const [before, after] = await Promise.all([
      this.ports.history({ beforeSeq: seq + 1, limit }),
      this.ports.history({ afterSeq: seq, limit }),
    ]);
    log.addBefore(seq + 1, before);
    log.addAfter(seq, after);
    return log.has(seq) ? seq : Math.min(seq, before.lastSeq);
  }

  /** @param work is told whether what it loads is still wanted: not after a jump elsewhere */
  private async load(
    what: 'older' | 'newer' | 'around',
    work: (chat: Chat, current: () => boolean) => Promise<void>,
  ): Promise<void> {
    const chat = this.chat();
    if (!chat) throw new DunlinError('not_found');
    if (what === 'around') this.loads = [];
    else if (this.loads.some((load) => load.what === what)) return;
    const own = { what };
    const current = (): boolean => this.loads.includes(own);
    this.loads.push(own);
    this.invalidate();
    try {
      await work(chat, current);
      if (current()) this.error = null;
      this.ports.grown(chat);
    } catch (error) {
      if (!current()) return;
      this.error = DunlinError.from(error);
      throw this.error;
    } finally {
      this.loads = this.loads.filter((load) => load !== own);
      this.invalidate();
    }
  }

  private compute(): TimelineSnapshot {
    const chat = this.chat();
    const { firstUnreadSeq, focus, error } = this;
    const loading = this.loads.at(-1)?.what ?? null;
    if (!chat) {
      const nothing = { messages: [], hasOlder: false, hasNewer: false, readCursors: {} };
      return { conversation: undefined, ...nothing, firstUnreadSeq, loading, focus, error };
    }
    const range = this.window.range(chat.log);
    const latest = this.window.isLatest(chat.log);
    const read = chat.readByOthers;
    const stored = chat.log.between(range).map((message) => this.stored(message, read));
    if (latest) stored.push(...this.ownBeyond(chat, read));
    const messages = this.withWaiting(chat, stored, range, latest);
    this.forgetUnshown(messages);
    return {
      conversation: chat.conversation,
      messages,
      firstUnreadSeq,
      hasOlder: range[0] > 1 && chat.end > 0,
      hasNewer: !latest,
      loading,
      focus,
      readCursors: chat.cursors,
      error,
    };
  }

  /** One's own that are stored beyond a hole: they were shown as pending, and do not vanish while the hole is filled. */
  private ownBeyond(chat: Chat, read: number): ChatMessage[] {
    const { log } = chat;
    if (!log.hasHole) return [];
    const end = log.ranges.at(-1)?.[1] ?? 0;
    const own = log.between([log.head + 1, end]).filter((message) => message.senderId === this.ports.me());
    return own.map((message) => this.stored(message, read));
  }

  /** With what is not stored. After a crash an entry may be left of what the log has already. */
  private withWaiting(chat: Chat, stored: ChatMessage[], [low, high]: Range, latest: boolean): ChatMessage[] {
    const entries = this.ports.entries();
    if (entries.length === 0) return stored;
    const keys = new Set(stored.map(({ key }) => key));
    const messages = stored.map((message) => ({ message, after: message.seq ?? 0 }));
    for (const entry of entries) {
      const { clientMsgId, failedAfter: after = Infinity } = entry;
      // before the first one shown there may be more, which it has to come after
      const shown = (latest || after <= high) && (low === 1 || after >= low);
      if (shown && !keys.has(clientMsgId)) messages.push({ message: this.waiting(entry, chat), after });
    }
    return messages.sort((a, b) => (a.after === b.after ? 0 : a.after - b.after)).map(({ message }) => message);
  }

  private stored(message: Message, readByOthers: number): ChatMessage {
    return this.item(message, fromMessage(message, this.ports.me(), readByOthers));
  }

  private waiting(entry: OutboxEntry, chat: Chat): ChatMessage {
    return this.item(entry, fromEntry(entry, this.ports.me(), chat.id, this.ports.stateOf(entry)));
  }

  /** The object that was shown before, if nothing in it has changed. */
  private item(source: Message | OutboxEntry, item: ChatMessage): ChatMessage {
    const before = this.shown.get(item.key);
    const same =
      before?.source === source && before.item.delivery === item.delivery && before.item.progress === item.progress;
    if (same) return before.item;
    this.shown.set(item.key, { source, item });
    return item;
  }

  private forgetUnshown(messages: readonly ChatMessage[]): void {
    if (this.shown.size <= messages.length * 2 + PAGE) return;
    const keys = new Set(messages.map((message) => message.key));
    for (const key of this.shown.keys()) if (!keys.has(key)) this.shown.delete(key);
  }
}

/** What was let go of is gone from the screen before more comes at the other end: a list sees one change at a time. */
const shownFirst = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
