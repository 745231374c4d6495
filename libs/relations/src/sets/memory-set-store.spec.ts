import type { UserId } from '@dunlin/contracts';
import { MemorySetStore } from './memory-set-store.js';

const key = (name: string) => `friends:${name as UserId}` as const;

describe('The sets in memory', () => {
  const fill = async (store: MemorySetStore, name: string, members: string[]) =>
    store.fill(key(name), await store.lease(key(name)), members);

  it('let go of what was not asked for the longest when there are too many members', async () => {
    const store = new MemorySetStore(60_000, () => 0, 10);
    await fill(store, 'ann', ['a', 'b', 'c']);
    await fill(store, 'bob', ['a', 'b', 'c']);
    await store.members(key('ann'));
    await fill(store, 'cid', ['a', 'b', 'c']);
    expect(await store.members(key('bob'))).toBeNull();
    expect(await store.members(key('ann'))).not.toBeNull();
    expect(await store.members(key('cid'))).not.toBeNull();
  });

  it('grow too old even when they change', async () => {
    let now = 0;
    const store = new MemorySetStore(1000, () => now);
    await fill(store, 'ann', []);
    now = 900;
    await store.change(key('ann'), ['bob'], []);
    expect(await store.holds(key('ann'), ['bob', 'cid'])).toEqual([true, false]);
    now = 1000;
    expect(await store.members(key('ann'))).toBeNull();
  });

  it('are not stored by a reader whose lease is void', async () => {
    const store = new MemorySetStore(1000, () => 0);
    const lease = await store.lease(key('ann'));
    await store.forget([key('ann')]);
    await store.fill(key('ann'), lease, ['bob']);
    expect(await store.members(key('ann'))).toBeNull();
  });
});
