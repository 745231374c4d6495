import type { LockManagerLike } from './browser.js';

/** Mutual exclusion over everything that shares a storage: the tabs of a browser, or the clients of a process. */
export interface Locks {
  /**
   * Waits for the lock, holds it until `work` has settled.
   * @param work `held` is false where nobody can know whether others have it too
   * @throws what `work` throws, or the signal's abort
   */
  exclusive<T>(name: string, work: (held: boolean) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Web Locks: the browser frees a lock when its tab ends, however that ends. */
export class WebLocks implements Locks {
  constructor(
    private readonly manager: LockManagerLike,
    private readonly prefix: string,
  ) {}

  exclusive<T>(name: string, work: (held: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.manager.request(`${this.prefix}:${name}`, signal ? { signal } : {}, () => work(true));
  }
}

/** For one process that has the storage to itself. */
export class ProcessLocks implements Locks {
  private readonly queues = new Map<string, Promise<unknown>>();

  async exclusive<T>(name: string, work: (held: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.queues.get(name) ?? Promise.resolve();
    const turn = before.then(() => {
      signal?.throwIfAborted();
      return work(true);
    });
    const settled = turn.catch(() => undefined);
    this.queues.set(name, settled);
    void settled.then(() => this.queues.get(name) === settled && this.queues.delete(name));
    if (!signal) return turn;
    return Promise.race([turn, aborted(signal)]);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
