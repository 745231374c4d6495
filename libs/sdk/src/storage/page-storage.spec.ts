import { ProcessLocks } from '../platform/locks.js';
import { MemoryStorage } from './memory-storage.js';
import { PageLocks, PageStorage } from './page-storage.js';

class Denied extends MemoryStorage {
  override get(): never {
    throw new Error('SecurityError');
  }
  override set(): never {
    throw new Error('SecurityError');
  }
}

describe('The storage of a page', () => {
  it('is the browser’s database', async () => {
    const database = new MemoryStorage();
    const storage = new PageStorage(database);
    await storage.set('a', 1);
    expect(await database.get('a')).toBe(1);
    expect(await storage.shared()).toBe(true);
  });

  it('is memory where the page is denied that, and says so', async () => {
    const storage = new PageStorage(new Denied());
    const told = jest.fn();
    storage.lasting.subscribe(told);
    await Promise.all([storage.set('a', 1), storage.set('b', 2)]);
    expect(await storage.get('a')).toBe(1);
    expect(await storage.entries('')).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    await storage.delete('a');
    expect(await storage.get('a')).toBeUndefined();
    expect(await storage.shared()).toBe(false);
    expect(storage.lasting.getSnapshot()).toBe(false);
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('stays the database when that is full', async () => {
    const database = new MemoryStorage();
    jest.spyOn(database, 'set').mockRejectedValue(new Error('QuotaExceededError'));
    const storage = new PageStorage(database);
    await expect(storage.set('a', 1)).rejects.toThrow('QuotaExceededError');
    expect(await storage.shared()).toBe(true);
  });

  it('has locks with the other tabs only where it is theirs too', async () => {
    const all = new ProcessLocks();
    const shared = jest.spyOn(all, 'exclusive');
    expect(await new PageLocks(new PageStorage(new Denied()), all).exclusive('a', async () => 'done')).toBe('done');
    expect(shared).not.toHaveBeenCalled();
    await new PageLocks(new PageStorage(new MemoryStorage()), all).exclusive('a', async () => undefined);
    expect(shared).toHaveBeenCalledTimes(1);
  });
});
