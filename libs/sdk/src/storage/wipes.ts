import type { Locks } from '../platform/locks.js';
import { keysOf, StorageArea, type Storage } from './storage.js';

const PREFIX = 'wipe:';

/** The accounts' parts of a storage, and those of them that go: what a page that ended did not get to, the next one does. */
export class Wipes {
  constructor(
    private readonly storage: Storage,
    private readonly locks: Locks,
  ) {}

  areaOf(userId: string): StorageArea {
    return new StorageArea(this.storage, `account:${userId}:`);
  }

  /**
   * @param end calls `mark` before the session is gone; resolves to whether it is
   * @param settled when nothing of the account is being written any more
   */
  async wipe(
    userId: string,
    end: (mark: () => Promise<void>) => Promise<boolean>,
    settled: Promise<unknown>,
  ): Promise<void> {
    let marked = false;
    const gone = await end(async () => void (marked = await this.mark(userId)));
    await settled;
    await this.locks.exclusive('wipe', async () => {
      if (!gone) return marked && this.storage.delete(PREFIX + userId);
      // without its mark it was done already, and somebody may have signed in since
      if (!marked || (await this.storage.get(PREFIX + userId))) await this.finish(userId);
    });
  }

  /** What was written while another tab wiped it. @param due whether nobody has signed in there again */
  async wipeRest(userId: string, due: () => Promise<boolean>, settled: Promise<unknown>): Promise<void> {
    await settled;
    await this.locks.exclusive('wipe', async () => {
      // who signs in from now on sees the mark, and waits
      await this.mark(userId);
      if (await due()) await this.finish(userId);
      else await this.storage.delete(PREFIX + userId);
    });
  }

  /** What is left of earlier ones. Never rejects. */
  async rest(): Promise<void> {
    try {
      for (const key of await keysOf(this.storage, PREFIX))
        await this.locks.exclusive('wipe', async () => {
          // another tab may have done it, and somebody may have signed in since
          if (await this.storage.get(key)) await this.finish(key.slice(PREFIX.length));
        });
    } catch {
      // the next one
    }
  }

  /** @returns false when the storage is full: it is wiped all the same */
  private mark(userId: string): Promise<boolean> {
    return this.storage.set(PREFIX + userId, true).then(
      () => true,
      () => false,
    );
  }

  private async finish(userId: string): Promise<void> {
    await this.areaOf(userId).clear();
    await this.storage.delete(PREFIX + userId);
  }
}
