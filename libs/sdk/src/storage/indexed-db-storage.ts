import { createStore, get, promisifyRequest, update } from 'idb-keyval';
import type { Storage } from './storage.js';

/** The browser's database; shared by all tabs of an origin. */
export class IndexedDbStorage implements Storage {
  private readonly store: ReturnType<typeof createStore>;

  /** @param name of the database */
  constructor(readonly name = 'dunlin') {
    this.store = createStore(name, 'values');
  }

  get<T>(key: string): Promise<T | undefined> {
    return get<T>(key, this.store);
  }
  set(key: string, value: unknown): Promise<void> {
    return this.write((store) => store.put(value, key));
  }
  /** Reads and writes in one transaction. */
  update<T>(key: string, change: (before: T | undefined) => T): Promise<void> {
    return update<T>(key, change, this.store);
  }
  delete(key: string): Promise<void> {
    return this.write((store) => store.delete(key));
  }
  async entries<T>(prefix: string): Promise<[string, T][]> {
    return this.whole<T>(prefix).catch(() => this.readable<T>(prefix));
  }
  keys(prefix: string): Promise<string[]> {
    return this.store('readonly', async (store) => {
      const keys = await promisifyRequest<unknown[]>((store as unknown as ValueStore).getAllKeys(within(prefix)));
      return keys.map(String);
    });
  }

  private whole<T>(prefix: string): Promise<[string, T][]> {
    return this.store('readonly', async (store) => {
      const values = store as unknown as ValueStore;
      const range = within(prefix);
      const [keys, found] = await Promise.all([
        promisifyRequest<unknown[]>(values.getAllKeys(range)),
        promisifyRequest<T[]>(values.getAll(range)),
      ]);
      return keys.map((key, index): [string, T] => [String(key), found[index] as T]);
    });
  }

  /** One by one: a browser that cannot read one value, a large one mostly, gives none of those that are asked for with it. */
  private async readable<T>(prefix: string): Promise<[string, T][]> {
    const found: [string, T][] = [];
    for (const key of await this.keys(prefix)) {
      const value = await this.get<T>(key).catch(() => undefined);
      if (value !== undefined) found.push([key, value]);
    }
    return found;
  }

  /** Without waiting for the browser to find out that nothing follows: a page that is left at that moment has written it. */
  private write(change: (store: ValueStore) => void): Promise<void> {
    return this.store('readwrite', async (store) => {
      const values = store as unknown as ValueStore;
      change(values);
      const done = promisifyRequest<void>(values.transaction as never);
      values.transaction.commit?.();
      await done;
    });
  }
}

// What is used of IndexedDB; TypeScript's `dom` library is not always loaded.
interface ValueStore {
  readonly transaction: { commit?(): void };
  put(value: unknown, key: string): void;
  delete(key: string): void;
  getAllKeys(range: unknown): never;
  getAll(range: unknown): never;
}
const within = (prefix: string): unknown => IDBKeyRange.bound(prefix, `${prefix}\uffff`);
declare const IDBKeyRange: { bound(lower: string, upper: string): unknown };
