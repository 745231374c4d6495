import { createStore, del, get, promisifyRequest, set, update } from 'idb-keyval';
import type { Storage } from './storage.js';

/** The browser's database; shared by all tabs of an origin. */
export class IndexedDbStorage implements Storage {
  private readonly store: ReturnType<typeof createStore>;

  /** @param name of the database */
  constructor(name = 'dunlin') {
    this.store = createStore(name, 'values');
  }

  get<T>(key: string): Promise<T | undefined> {
    return get<T>(key, this.store);
  }
  set(key: string, value: unknown): Promise<void> {
    return set(key, value, this.store);
  }
  /** Reads and writes in one transaction. */
  update<T>(key: string, change: (before: T | undefined) => T): Promise<void> {
    return update<T>(key, change, this.store);
  }
  delete(key: string): Promise<void> {
    return del(key, this.store);
  }
  entries<T>(prefix: string): Promise<[string, T][]> {
    return this.store('readonly', async (store) => {
      const values = store as unknown as ValueStore;
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const [keys, found] = await Promise.all([
        promisifyRequest<unknown[]>(values.getAllKeys(range)),
        promisifyRequest<T[]>(values.getAll(range)),
      ]);
      return keys.map((key, index): [string, T] => [String(key), found[index] as T]);
    });
  }
}

// What is used of IndexedDB; TypeScript's `dom` library is not always loaded.
interface ValueStore {
  getAllKeys(range: unknown): never;
  getAll(range: unknown): never;
}
declare const IDBKeyRange: { bound(lower: string, upper: string): unknown };
