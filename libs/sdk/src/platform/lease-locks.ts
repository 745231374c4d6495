import { newId } from './ids.js';
import { ProcessLocks, type Locks } from './locks.js';
import { pause } from './pause.js';

/** A value that several tabs change without losing each other's changes. */
export interface AtomicStorage {
  get<T>(key: string): Promise<T | undefined>;
  entries<T>(prefix: string): Promise<[key: string, value: T][]>;
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
/** How often a lease of another is looked at: at first, and at most when that lasts. */
const LOOK_MS = 150;
const LOOK_RARELY_MS = 1000;
/** A lease that ran out so long ago was left by a page that is gone. */
const LEFT_MS = 60_000;

const PREFIX = 'lock:';

/**
 * For pages that were not loaded over TLS, where browsers offer no Web Locks: a lease in the database, renewed as long as
 * it is held. A tab that the browser has put to sleep may lose it; then two tabs send the same message, which the server
 * stores once. A page that is reloaded has what it held before at once, by the same `id`.
 */
export class LeaseLocks implements Locks {
  private readonly own = new ProcessLocks();
  private tidied: Promise<void> | undefined;

  constructor(
    private readonly storage: AtomicStorage,
    private readonly id: string = newId(),
  ) {}

  exclusive<T>(name: string, work: (held: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.tidied ??= this.tidy().catch(() => undefined);
    return this.own.exclusive(name, () => this.leased(PREFIX + name, work, signal), signal);
  }

  private async leased<T>(key: string, work: (held: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    // a storage that is full holds no lease: better two tabs at once than none ever
    const taken = (): Promise<boolean | 'unknown'> => this.take(key).catch(() => 'unknown');
    let outcome: boolean | 'unknown';
    for (let ms = LOOK_MS; !(outcome = await taken()); ms = Math.min(LOOK_RARELY_MS, ms * 1.5)) await pause(ms, signal);
    const renewal = setInterval(() => void this.take(key).catch(() => undefined), RENEW_MS);
    try {
      return await work(outcome === true);
    } finally {
      clearInterval(renewal);
      await this.release(key).catch(() => undefined);
    }
  }

  /** Takes the lease when it is free, run out, or one's own. @returns whether it is one's own now */
  private async take(key: string): Promise<boolean> {
    let taken = false;
    // a look writes nothing
    if (!this.isFree(await this.storage.get<Lease>(key))) return false;
    await this.storage.update<Lease>(key, (before) => {
      taken = this.isFree(before);
      return taken ? { holder: this.id, until: Date.now() + LEASE_MS } : (before as Lease);
    });
    return taken;
  }

  private isFree(lease: Lease | undefined): boolean {
    return lease === undefined || lease.holder === this.id || lease.until < Date.now();
  }

  /** Each page that ends without a word leaves the lease of its own name, which nobody asks for again. */
  private async tidy(): Promise<void> {
    for (const [key, { until }] of await this.storage.entries<Lease>(PREFIX))
      if (until < Date.now() - LEFT_MS) await this.storage.delete(key);
  }

  private async release(key: string): Promise<void> {
    const lease = await this.storage.get<Lease>(key);
    if (lease?.holder === this.id) await this.storage.delete(key);
  }
}
