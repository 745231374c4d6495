import type { Channel } from '../platform/channel.js';
import type { Storage } from '../storage/storage.js';
import { Keyed } from '../store/keyed.js';
import type { Observable } from '../store/observable.js';

const PREFIX = 'draft:';
/** A draft is written at its first change, and then no more often than this. */
const PAUSE_MS = 300;

/** To the other tabs: what one sent must not stay in another as a draft, to be sent again. */
interface News {
  /** Whose. */
  draft: string;
  id: string;
  text: string;
  /** When it was written; an older one never takes the place of a newer. */
  at: number;
}

const isNews = (news: unknown): news is News => typeof news === 'object' && news !== null && 'draft' in news;

/** What somebody has begun to write, by conversation. Kept over reloads, on this device, the same in all tabs. */
export class Drafts {
  private texts = new Map<string, string>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** Those with changes that are not written yet. */
  private readonly dirty = new Set<string>();
  /** Writes under way. */
  private readonly writing = new Set<Promise<void>>();
  private readonly views = new Keyed<string>((id) => this.texts.get(id) ?? '');
  /** When it was changed last, here or in another tab. */
  private readonly changedAt = new Map<string, number>();
  private storage: Storage | undefined;
  private tell: (news: Omit<News, 'draft'>) => void = () => undefined;
  private stopListening: () => void = () => undefined;

  /** The text, empty when there is none. */
  of(conversationId: string): Observable<string> {
    return this.views.of(conversationId);
  }

  /** Whether there is one at all. */
  get any(): boolean {
    return this.texts.size > 0;
  }

  /** @param text empty: there is none any more */
  set(conversationId: string, text: string): void {
    this.show(conversationId, text, this.now(conversationId));
    this.dirty.add(conversationId);
    // what was sent must not come back as a draft
    if (text === '') void this.write(conversationId);
    else if (!this.timers.has(conversationId)) this.writeAndWait(conversationId);
  }

  /** @internal Its conversation is gone; the other tabs find that out by themselves, and may still show it. */
  drop(conversationId: string): void {
    if (!this.texts.has(conversationId)) return;
    this.show(conversationId, '', this.now(conversationId));
    void this.write(conversationId, () => undefined);
  }

  /** @internal */
  async start(storage: Storage, channel: Channel, userId: string): Promise<void> {
    this.storage = storage;
    this.tell = (news) => channel.post({ draft: userId, ...news } satisfies News);
    this.stopListening = channel.listen((news) => isNews(news) && news.draft === userId && this.hear(news));
    const kept = await storage.entries<string>(PREFIX);
    // signed out meanwhile: they are not the next person's
    if (this.storage !== storage) return;
    for (const [key, text] of kept) {
      const id = key.slice(PREFIX.length);
      if (!this.changedAt.has(id)) this.texts.set(id, text);
    }
    this.views.invalidateAll();
    await this.flush();
  }

  /** @internal Writes what is not written yet. */
  async flush(): Promise<void> {
    await Promise.all([...this.dirty].map((id) => this.write(id)));
  }

  /** Empty again. Resolves when nothing of them is being written any more: only then can they be removed. @internal */
  async stop(): Promise<void> {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.dirty.clear();
    this.changedAt.clear();
    this.stopListening();
    this.tell = () => undefined;
    this.storage = undefined;
    this.texts = new Map();
    this.views.invalidateAll();
    await Promise.all(this.writing);
  }

  /** Later than the change before, of the same millisecond too: the other tabs go by that. */
  private now(id: string): number {
    return Math.max(Date.now(), (this.changedAt.get(id) ?? 0) + 1);
  }

  private show(id: string, text: string, at: number): void {
    if (text === '') this.texts.delete(id);
    else this.texts.set(id, text);
    this.changedAt.set(id, at);
    this.views.invalidate(id);
  }

  private hear({ id, text, at }: News): void {
    if (at <= (this.changedAt.get(id) ?? 0)) return;
    this.dirty.delete(id);
    this.show(id, text, at);
  }

  /** At once, since a page may be gone before a pause has passed; what changes meanwhile is written after it. */
  private writeAndWait(id: string): void {
    void this.write(id);
    const next = (): void => {
      this.timers.delete(id);
      if (this.dirty.has(id)) this.writeAndWait(id);
    };
    this.timers.set(id, setTimeout(next, PAUSE_MS));
  }

  private async write(id: string, tell = this.tell): Promise<void> {
    const { storage } = this;
    if (!storage) return;
    this.dirty.delete(id);
    const text = this.texts.get(id);
    tell({ id, text: text ?? '', at: this.changedAt.get(id) ?? 0 });
    const write = text === undefined ? storage.delete(PREFIX + id) : storage.set(PREFIX + id, text);
    // a draft that cannot be written is only gone after a reload
    const written = write.catch(() => undefined);
    this.writing.add(written);
    await written;
    this.writing.delete(written);
  }
}
