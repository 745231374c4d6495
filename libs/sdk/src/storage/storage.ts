/**
 * Where sessions, the outbox and the cache live. Values are what structured cloning takes: plain data, byte arrays, and
 * never functions. A value that has been set is there after a reload. Calls for the same key take effect in the order in
 * which they were made, waited for or not.
 */
export interface Storage {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** All values whose key begins with `prefix`, by key. */
  entries<T>(prefix: string): Promise<[key: string, value: T][]>;
  /** Only the keys, those of values that cannot be read as well: a sign-out removes them too. */
  keys?(prefix: string): Promise<string[]>;
}

/** The part of a storage whose keys begin with `prefix`. */
export class StorageArea implements Storage {
  constructor(
    private readonly inner: Storage,
    private readonly prefix: string,
  ) {}

  get<T>(key: string): Promise<T | undefined> {
    return this.inner.get(this.prefix + key);
  }
  set(key: string, value: unknown): Promise<void> {
    return this.inner.set(this.prefix + key, value);
  }
  delete(key: string): Promise<void> {
    return this.inner.delete(this.prefix + key);
  }
  async entries<T>(prefix: string): Promise<[string, T][]> {
    const found = await this.inner.entries<T>(this.prefix + prefix);
    return found.map(([key, value]) => [key.slice(this.prefix.length), value]);
  }

  async clear(): Promise<void> {
    for (const key of await keysOf(this.inner, this.prefix)) await this.inner.delete(key);
  }
}

export const keysOf = async (storage: Storage, prefix: string): Promise<string[]> =>
  storage.keys ? storage.keys(prefix) : (await storage.entries(prefix)).map(([key]) => key);
