import type { Channel } from '../platform/channel.js';
import { newId } from '../platform/ids.js';
import type { Locks } from '../platform/locks.js';
import type { OutboxEntry } from './outbox-entry.js';

type News =
  | { outbox: string; put: OutboxEntry }
  | { outbox: string; gone: string }
  /** `by` has a connection and would send what `of` has waiting. */
  | { outbox: string; wanted: string; of: string; by: string };

export interface OutboxNews {
  put(entry: OutboxEntry): void;
  /** What this client has heard of that is a certain one's. */
  of(owner: string): OutboxEntry[];
  /** It is this client's to send from now on. */
  inherit(entry: OutboxEntry): void;
  gone(clientMsgId: string): void;
  /** Another client, `by`, waits for this one of this client's. */
  wanted(clientMsgId: string, by: string): void;
}

/**
 * Which of the clients that share a storage sends what. Each sends its own, and holds a lock in its own name as long as it
 * lives; whoever gets that lock after it has the rest of its messages. One that lives and has no connection hands them
 * over to one that has and asks for them.
 */
export class Ownership {
  readonly id = newId();
  private readonly ending = new AbortController();
  private readonly awaited = new Set<string>();
  private readonly stopListening: () => void;
  private release: () => void = () => undefined;
  private load: () => Promise<OutboxEntry[]> = () => Promise.resolve([]);
  private news: OutboxNews | undefined;

  /** @param account outboxes of different people have nothing to do with each other */
  constructor(
    private readonly account: string,
    private readonly locks: Locks,
    private readonly channel: Channel,
  ) {
    this.stopListening = channel.listen((news) => this.hear(news));
    const held = new Promise<void>((resolve) => (this.release = resolve));
    // a page that is on its way out gets no lock any more, and sends nothing either
    locks.exclusive(this.lockOf(this.id), () => held).catch(() => undefined);
  }

  onNews(news: OutboxNews): void {
    this.news = news;
  }

  /** Takes over what is in the storage from clients that are gone, as soon as they are. */
  start(entries: OutboxEntry[], load: () => Promise<OutboxEntry[]>): void {
    this.load = load;
    for (const { owner } of entries) void this.inherit(owner);
  }

  /** Shown by the others too. The bytes of a file stay where they are, unless another is to send them. */
  tellPut(entry: OutboxEntry): void {
    const put = { ...entry };
    if (put.type !== 'text' && put.owner === this.id) delete put.blob;
    this.channel.post({ outbox: this.account, put } satisfies News);
  }

  /** Asks for a message of another client's, which sends it, or hands it over, or is gone. */
  want({ clientMsgId, owner }: OutboxEntry): void {
    void this.inherit(owner);
    this.channel.post({ outbox: this.account, wanted: clientMsgId, of: owner, by: this.id } satisfies News);
  }

  tellGone(clientMsgId: string): void {
    this.channel.post({ outbox: this.account, gone: clientMsgId } satisfies News);
  }

  close(): void {
    this.ending.abort();
    this.stopListening();
    this.release();
  }

  private hear(news: unknown): void {
    if (!isNews(news) || news.outbox !== this.account) return;
    if ('gone' in news) return this.news?.gone(news.gone);
    if ('put' in news) {
      this.news?.put(news.put);
      void this.inherit(news.put.owner);
    } else if (news.of === this.id) {
      this.news?.wanted(news.wanted, news.by);
      void this.inherit(news.by);
    }
  }

  /** Waits until that client is gone; then its messages are this one's. */
  private async inherit(owner: string): Promise<void> {
    if (owner === this.id || this.awaited.has(owner)) return;
    this.awaited.add(owner);
    const takeOver = async (held: boolean): Promise<void> => {
      const kept = await this.load();
      if (this.ending.signal.aborted) return;
      const written = new Set(kept.map(({ clientMsgId }) => clientMsgId));
      // those that another has taken over meanwhile bear its name
      const left = kept.filter((entry) => entry.owner === owner);
      // it may have ended before it could write down what it had told of; alive, it would send that itself
      const heard = ((held && this.news?.of(owner)) || []).filter(({ clientMsgId }) => !written.has(clientMsgId));
      for (const entry of [...left, ...heard].sort((a, b) => a.order - b.order))
        this.news?.inherit({ ...entry, owner: this.id });
    };
    try {
      await this.locks.exclusive(this.lockOf(owner), takeOver, this.ending.signal);
    } catch {
      // this client ends first
    } finally {
      this.awaited.delete(owner);
    }
  }

  private lockOf(owner: string): string {
    return `outbox:${owner}`;
  }
}

const isNews = (news: unknown): news is News => typeof news === 'object' && news !== null && 'outbox' in news;
