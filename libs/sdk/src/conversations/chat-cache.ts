import type { Storage } from '../storage/storage.js';
import type { CachedChat, Chat } from './chat.js';

const PREFIX = 'chat:';
/** There once the list was read to its end. */
const LISTED = 'chats-listed';
/** Changes of this long are written together. Milliseconds. */
const QUIET_MS = 250;

/** Conversations and their newest messages in the storage, for a start without the network. */
export class ChatCache {
  private readonly dirty = new Map<string, Chat | undefined>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** That the list was read to its end is to be written. */
  private whole = false;
  private closed = false;

  /** @param maxMessages kept of each conversation */
  constructor(
    private readonly storage: Storage,
    private readonly maxMessages: number,
  ) {}

  async load(): Promise<CachedChat[]> {
    return (await this.storage.entries<CachedChat>(PREFIX)).map(([, cached]) => cached);
  }

  async wasListed(): Promise<boolean> {
    return (await this.storage.get(LISTED)) === true;
  }

  /** The list was read to its end: written behind what is in it. */
  listed(): void {
    this.whole = true;
    this.soon();
  }

  save(chat: Chat): void {
    this.dirty.set(chat.id, chat);
    this.soon();
  }

  remove(id: string): void {
    this.dirty.set(id, undefined);
    this.soon();
  }

  private soon(): void {
    // what is learned late is not written into what was wiped
    if (!this.closed) this.timer ??= setTimeout(() => void this.flush(), QUIET_MS);
  }

  /** Resolves when everything so far is written. A cache that cannot be written is merely out of date: it never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = [...this.dirty];
    const { whole } = this;
    this.dirty.clear();
    this.whole = false;
    this.writing = this.writing.then(async () => {
      let all = true;
      for (const [id, chat] of batch) {
        // another tab may be wiping it already
        if (this.closed) return;
        const write = chat
          ? this.storage.set(PREFIX + id, chat.toCache(this.maxMessages))
          : this.storage.delete(PREFIX + id);
        await write.catch(() => (all = false));
      }
      if (whole && all && !this.closed) await this.storage.set(LISTED, true).catch(() => undefined);
    });
    return this.writing;
  }

  /** Without writing what is left, of a batch that was begun neither. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    this.dirty.clear();
    this.whole = false;
    await this.writing;
  }
}
