import type { Storage } from '../storage/storage.js';
import type { CachedChat, Chat } from './chat.js';

const PREFIX = 'chat:';
/** Changes of this long are written together. Milliseconds. */
const QUIET_MS = 250;

/** Conversations and their newest messages in the storage, for a start without the network. */
export class ChatCache {
  private readonly dirty = new Map<string, Chat | undefined>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();

  /** @param maxMessages kept of each conversation */
  constructor(
    private readonly storage: Storage,
    private readonly maxMessages: number,
  ) {}

  async load(): Promise<CachedChat[]> {
    return (await this.storage.entries<CachedChat>(PREFIX)).map(([, cached]) => cached);
  }

  save(chat: Chat): void {
    this.dirty.set(chat.id, chat);
    this.timer ??= setTimeout(() => void this.flush(), QUIET_MS);
  }

  remove(id: string): void {
    this.dirty.set(id, undefined);
    this.timer ??= setTimeout(() => void this.flush(), QUIET_MS);
  }

  /** Resolves when everything so far is written. A cache that cannot be written is merely out of date: it never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = [...this.dirty];
    this.dirty.clear();
    this.writing = this.writing.then(async () => {
      for (const [id, chat] of batch) {
        const write = chat
          ? this.storage.set(PREFIX + id, chat.toCache(this.maxMessages))
          : this.storage.delete(PREFIX + id);
        await write.catch(() => undefined);
      }
    });
    return this.writing;
  }

  /** Without writing what is left. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.dirty.clear();
    await this.writing;
  }
}
