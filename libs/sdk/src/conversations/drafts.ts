import type { Storage } from '../storage/storage.js';
import { Keyed } from '../store/keyed.js';
import type { Observable } from '../store/observable.js';

const PREFIX = 'draft:';
/** A draft is written at its first change, and then no more often than this. */
const PAUSE_MS = 300;

/** What somebody has begun to write, by conversation. Kept over reloads, on this device. */
export class Drafts {
  private texts = new Map<string, string>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** Those with changes that are not written yet. */
  private readonly dirty = new Set<string>();
  private readonly views = new Keyed<string>((id) => this.texts.get(id) ?? '');
  private storage: Storage | undefined;

  /** The text, empty when there is none. */
  of(conversationId: string): Observable<string> {
    return this.views.of(conversationId);
  }

  /** @param text empty: there is none any more */
  set(conversationId: string, text: string): void {
    if (text === '') this.texts.delete(conversationId);
    else this.texts.set(conversationId, text);
    this.views.invalidate(conversationId);
    this.dirty.add(conversationId);
    // what was sent must not come back as a draft
    if (text === '') void this.write(conversationId);
    else if (!this.timers.has(conversationId)) this.writeAndWait(conversationId);
  }

  /** @internal */
  async start(storage: Storage): Promise<void> {
    this.storage = storage;
    for (const [key, text] of await storage.entries<string>(PREFIX)) {
      const id = key.slice(PREFIX.length);
      if (!this.texts.has(id)) this.texts.set(id, text);
    }
    this.views.invalidateAll();
    await this.flush();
  }

  /** @internal Writes what is not written yet. */
  async flush(): Promise<void> {
    await Promise.all([...this.dirty].map((id) => this.write(id)));
  }

  /** @internal */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.dirty.clear();
    this.storage = undefined;
    this.texts = new Map();
    this.views.invalidateAll();
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

  private async write(id: string): Promise<void> {
    const { storage } = this;
    if (!storage) return;
    this.dirty.delete(id);
    const text = this.texts.get(id);
    const written = text === undefined ? storage.delete(PREFIX + id) : storage.set(PREFIX + id, text);
    // a draft that cannot be written is only gone after a reload
    await written.catch(() => undefined);
  }
}
