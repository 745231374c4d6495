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

  /** @param due resolves when it is time, to whether it is to be done at all */
  async wipe(userId: string, due: Promise<boolean>): Promise<void> {
    // one that is full has no room for the mark; it is wiped all the same
    await this.storage.set(PREFIX + userId, true).catch(() => undefined);
    if (await due) await this.locks.exclusive('wipe', () => this.finish(userId));
    else await this.storage.delete(PREFIX + userId);
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

  private async finish(userId: string): Promise<void> {
    await this.areaOf(userId).clear();
    await this.storage.delete(PREFIX + userId);
  }
}
