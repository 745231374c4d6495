import type { Storage } from '../storage/storage.js';
import type { OutboxEntry } from './outbox-entry.js';

const PREFIX = 'outbox:';

/** The outbox's entries in the storage, written through; writes of one entry keep their order. */
export class OutboxStore {
  private readonly writing = new Map<string, Promise<void>>();
  /** Keys of entries that are there, perhaps as they were before. */
  private readonly written = new Set<string>();
  private readonly unwritten = new Set<string>();

  /** @param changed what {@link lacks} says has changed */
  constructor(
    private readonly storage: Storage,
    private readonly changed: () => void = () => undefined,
  ) {}

  async load(): Promise<OutboxEntry[]> {
    const found = await this.storage.entries<StoredEntry>(PREFIX);
    for (const [, { entry }] of found) this.written.add(entry.clientMsgId);
    return found.map(([, { entry, bytes }]) => revive(entry, bytes)).sort((a, b) => a.order - b.order);
  }

  async get(clientMsgId: string): Promise<OutboxEntry | undefined> {
    const found = await this.storage.get<StoredEntry>(PREFIX + clientMsgId);
    if (!found) return undefined;
    this.written.add(clientMsgId);
    return revive(found.entry, found.bytes);
  }

  save(entry: OutboxEntry): Promise<void> {
    const copy = { ...entry };
    return this.enqueue(entry.clientMsgId, () => this.write(copy));
  }

  remove(clientMsgId: string): Promise<void> {
    return this.enqueue(clientMsgId, async () => {
      this.written.delete(clientMsgId);
      this.unwritten.delete(clientMsgId);
      await this.storage.delete(PREFIX + clientMsgId);
    });
  }

  /** Whether there was no room for it: it ends with this client. */
  lacks(clientMsgId: string): boolean {
    return this.unwritten.has(clientMsgId);
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.writing.values());
  }

  private async write(entry: OutboxEntry): Promise<void> {
    const { clientMsgId } = entry;
    try {
      await this.storage.set(PREFIX + clientMsgId, await flat(entry));
      this.written.add(clientMsgId);
      if (this.unwritten.delete(clientMsgId)) this.changed();
    } catch (error) {
      if (!this.written.has(clientMsgId)) {
        this.unwritten.add(clientMsgId);
        this.changed();
      }
      throw error;
    }
  }

  private enqueue(key: string, write: () => Promise<void>): Promise<void> {
    const turn = (this.writing.get(key) ?? Promise.resolve()).catch(() => undefined).then(write);
    this.writing.set(key, turn);
    // `then` rather than `finally`, which would leave a rejection of its own behind
    const done = (): void => void (this.writing.get(key) === turn && this.writing.delete(key));
    turn.then(done, done);
    return turn;
  }
}

/** Bytes rather than a Blob, which not every storage can hold. */
interface StoredEntry {
  entry: OutboxEntry;
  bytes?: Uint8Array<ArrayBuffer>;
}

async function flat(entry: OutboxEntry): Promise<StoredEntry> {
  if (entry.type === 'text' || !entry.blob) return { entry };
  const { blob, ...rest } = entry;
  return { entry: rest, bytes: new Uint8Array(await blob.arrayBuffer()) };
}

const revive = (entry: OutboxEntry, bytes: StoredEntry['bytes']): OutboxEntry =>
  entry.type !== 'text' && bytes ? { ...entry, blob: new Blob([bytes], { type: entry.mime }) } : entry;
