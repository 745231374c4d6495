import type { Storage } from '../storage/storage.js';
import { Keyed } from '../store/keyed.js';
import type { Observable } from '../store/observable.js';

const PREFIX = 'draft:';
const QUIET_MS = 300;

/** What somebody has begun to write, by conversation. Kept over reloads, on this device. */
export class Drafts {
  private texts = new Map<string, string>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
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
    clearTimeout(this.timers.get(conversationId));
    this.timers.set(
      conversationId,
      setTimeout(() => void this.write(conversationId), QUIET_MS),
    );
  }

  /** @internal */
  async start(storage: Storage): Promise<void> {
    this.storage = storage;
    for (const [key, text] of await storage.entries<string>(PREFIX)) {
      const id = key.slice(PREFIX.length);
      if (!this.texts.has(id)) this.texts.set(id, text);
    }
    this.views.invalidateAll();
  }

  /** @internal Writes what is not written yet. */
  async flush(): Promise<void> {
    await Promise.all([...this.timers.keys()].map((id) => this.write(id)));
  }

  /** @internal */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.storage = undefined;
    this.texts = new Map();
    this.views.invalidateAll();
  }

  private async write(id: string): Promise<void> {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    const text = this.texts.get(id);
    // a draft that cannot be written is only gone after a reload
    await (text === undefined ? this.storage?.delete(PREFIX + id) : this.storage?.set(PREFIX + id, text))?.catch(
      () => undefined,
    );
  }
}
