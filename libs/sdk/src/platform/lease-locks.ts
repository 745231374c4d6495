import { newId } from './ids.js';
import { ProcessLocks, type Locks } from './locks.js';
import { pause } from './pause.js';

/** A value that several tabs change without losing each other's changes. */
export interface AtomicStorage {
  get<T>(key: string): Promise<T | undefined>;
  /** Reads and writes in one transaction. */
  update<T>(key: string, change: (before: T | undefined) => T): Promise<void>;
  delete(key: string): Promise<void>;
}

interface Lease {
  holder: string;
  until: number;
}

const LEASE_MS = 10_000;
const RENEW_MS = 3000;
const LOOK_MS = 150;

/**
 * For pages that were not loaded over TLS, where browsers offer no Web Locks: a lease in the database, renewed as long as
 * it is held. A tab that the browser has put to sleep may lose it; then two tabs send the same message, which the server
 * stores once. A page that is reloaded has what it held before at once, by the same `id`.
 */
export class LeaseLocks implements Locks {
  private readonly own = new ProcessLocks();

  constructor(
    private readonly storage: AtomicStorage,
    private readonly id: string = newId(),
  ) {}

  exclusive<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.own.exclusive(name, () => this.leased(`lock:${name}`, work, signal), signal);
  }

  private async leased<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    // a storage that is full holds no lease: better two tabs at once than none ever
    while (!(await this.take(key).catch(() => true))) await pause(LOOK_MS, signal);
    const renewal = setInterval(() => void this.take(key).catch(() => undefined), RENEW_MS);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      await this.release(key).catch(() => undefined);
    }
  }

  /** Takes the lease when it is free, run out, or one's own. @returns whether it is one's own now */
  private async take(key: string): Promise<boolean> {
    let taken = false;
    await this.storage.update<Lease>(key, (before) => {
      taken = before === undefined || before.holder === this.id || before.until < Date.now();
      return taken ? { holder: this.id, until: Date.now() + LEASE_MS } : (before as Lease);
    });
    return taken;
  }

  private async release(key: string): Promise<void> {
    const lease = await this.storage.get<Lease>(key);
    if (lease?.holder === this.id) await this.storage.delete(key);
  }
}
