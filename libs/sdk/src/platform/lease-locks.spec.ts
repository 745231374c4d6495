import 'fake-indexeddb/auto';
import { IndexedDbStorage } from '../storage/indexed-db-storage.js';
import { LeaseLocks } from './lease-locks.js';

describe('A lock for tabs that have no Web Locks', () => {
  const tabs = (name: string): [LeaseLocks, LeaseLocks, IndexedDbStorage] => {
    const storage = new IndexedDbStorage(name);
    return [new LeaseLocks(storage), new LeaseLocks(storage), storage];
  };

  it('lets one tab in at a time, and leaves nothing behind', async () => {
    const [one, two, storage] = tabs('exclusive');
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
    };
    await Promise.all([one, two, one, two].map((tab) => tab.exclusive('refresh', work)));
    expect(most).toBe(1);
    expect(await storage.entries('')).toEqual([]);
  });

  it('is free again when its tab has ended without a word', async () => {
    const [, two, storage] = tabs('crashed');
    await storage.set('lock:refresh', { holder: 'a tab that is gone', until: Date.now() + 300 });
    const begun = Date.now();
    await two.exclusive('refresh', () => Promise.resolve());
    expect(Date.now() - begun).toBeGreaterThanOrEqual(290);
  });

  it('of a page that is long gone does not lie there for ever', async () => {
    const [one, , storage] = tabs('left');
    await storage.set('lock:outbox:gone', { holder: 'gone', until: Date.now() - 120_000 });
    await storage.set('lock:outbox:there', { holder: 'there', until: Date.now() + 10_000 });
    await one.exclusive('refresh', () => Promise.resolve());
    const left = async (): Promise<string[]> => (await storage.entries('')).map(([key]) => key);
    while ((await left()).length > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await left()).toEqual(['lock:outbox:there']);
  });

  it('is looked at by who waits for it, without a write', async () => {
    const [, two, storage] = tabs('looked at');
    await storage.set('lock:refresh', { holder: 'another', until: Date.now() + 600 });
    const writes = jest.spyOn(storage, 'update');
    await two.exclusive('refresh', () => Promise.resolve());
    expect(writes).toHaveBeenCalledTimes(1);
  });

  it('is had again at once by the page that comes after a reload, before any other', async () => {
    const storage = new IndexedDbStorage('reloaded');
    let end = (): void => undefined;
    let before: Promise<void> | undefined;
    const ends = new Promise<void>((resolve) => (end = resolve));
    await new Promise<void>((held) => {
      before = new LeaseLocks(storage, 'tab').exclusive('outbox', () => (held(), ends));
    });
    const order: string[] = [];
    const other = new LeaseLocks(storage).exclusive('outbox', async () => void order.push('other'));
    await new LeaseLocks(storage, 'tab').exclusive('outbox', async () => void order.push('reloaded'));
    await other;
    expect(order).toEqual(['reloaded', 'other']);
    end();
    await before;
  });

  it('keeps nobody out of everything when the storage is full', async () => {
    const [one, , storage] = tabs('full');
    jest.spyOn(storage, 'update').mockRejectedValue(new Error('QuotaExceededError'));
    expect(await one.exclusive('refresh', () => Promise.resolve('done'))).toBe('done');
  });

  it('is not waited for by a tab that ends', async () => {
    const [, two, storage] = tabs('waiting');
    await storage.set('lock:refresh', { holder: 'another', until: Date.now() + 60_000 });
    const ending = new AbortController();
    const waiting = two.exclusive('refresh', () => Promise.resolve(), ending.signal);
    ending.abort();
    await expect(waiting).rejects.toBeDefined();
  });
});
