import { ProcessLocks, type Locks } from '../platform/locks.js';
import { Value } from '../store/observable.js';
import { MemoryStorage } from './memory-storage.js';
import { keysOf, type Storage } from './storage.js';

/**
 * The browser's database, or, where a page is denied that, memory for as long as the page is there. Which of the two shows
 * when it is first used.
 */
export class PageStorage implements Storage {
  /** Whether it outlives the page; true until the opposite is known. */
  readonly lasting = new Value(true);
  private chosen: Promise<Storage> | undefined;

  constructor(private readonly database: Storage) {}

  /** Resolves when it is known which it is: to whether other tabs have the same. */
  async shared(): Promise<boolean> {
    await this.inner();
    return this.lasting.getSnapshot();
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.inner()).get(key);
  }
  async set(key: string, value: unknown): Promise<void> {
    return (await this.inner()).set(key, value);
  }
  async delete(key: string): Promise<void> {
    return (await this.inner()).delete(key);
  }
  async entries<T>(prefix: string): Promise<[string, T][]> {
    return (await this.inner()).entries(prefix);
  }
  async keys(prefix: string): Promise<string[]> {
    return keysOf(await this.inner(), prefix);
  }

  private inner(): Promise<Storage> {
    return (this.chosen ??= this.choose());
  }

  private async choose(): Promise<Storage> {
    try {
      await this.database.get('session');
      return this.database;
    } catch {
      this.lasting.set(false);
      return new MemoryStorage();
    }
  }
}

/** Those of all tabs where the storage is theirs too, else this page's own. */
export class PageLocks implements Locks {
  private readonly own = new ProcessLocks();

  constructor(
    private readonly storage: PageStorage,
    private readonly all: Locks,
  ) {}

  async exclusive<T>(name: string, work: (held: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const locks = (await this.storage.shared()) ? this.all : this.own;
    return locks.exclusive(name, work, signal);
  }
}
