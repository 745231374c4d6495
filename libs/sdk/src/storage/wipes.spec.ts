import { ProcessLocks } from '../platform/locks.js';
import { MemoryStorage } from './memory-storage.js';
import { Wipes } from './wipes.js';

describe('The removal of what an account has left', () => {
  let storage: MemoryStorage;
  let wipes: Wipes;
  const keys = async (): Promise<string[]> => (await storage.entries('')).map(([key]) => key);
  const gone = async (mark: () => Promise<void>): Promise<boolean> => {
    await mark();
    return true;
  };
  beforeEach(async () => {
    storage = new MemoryStorage();
    wipes = new Wipes(storage, new ProcessLocks());
    await storage.set('account:ann:draft:a', 'old');
  });

  it('leaves what they write who have signed in again since another tab did it', async () => {
    let settle = (): void => undefined;
    const wiped = wipes.wipe('ann', gone, new Promise<void>((resolve) => (settle = resolve)));
    await new Promise((resolve) => setImmediate(resolve));
    await wipes.rest(); // of the tab in which they sign in
    await storage.set('account:ann:draft:a', 'new');
    settle();
    await wiped;
    expect(await storage.get('account:ann:draft:a')).toBe('new');
  });

  it('happens in a storage that has no room for the mark too', async () => {
    jest.spyOn(storage, 'set').mockRejectedValue(new Error('QuotaExceededError'));
    await wipes.wipe('ann', gone, Promise.resolve());
    expect(await keys()).toEqual([]);
  });

  it('leaves nothing to the next page when their session is that of another tab', async () => {
    await wipes.wipe('ann', async () => false, Promise.resolve());
    await wipes.wipeRest('ann', async () => false, Promise.resolve());
    await wipes.rest();
    expect(await keys()).toEqual(['account:ann:draft:a']);
  });
});
