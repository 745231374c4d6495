import type { UserId } from '@dunlin/contracts';
import { RedisAway } from '../redis/redis-link.js';
import { DistrustedSets } from './distrusted-sets.js';
import { MemorySetStore } from './memory-set-store.js';

const key = (name: string) => `friends:${name as UserId}` as const;

class Store extends MemorySetStore {
  away = true;
  all = 0;
  during: () => void = () => undefined;
  override async forget(keys: Parameters<MemorySetStore['forget']>[0]): Promise<void> {
    if (this.away) throw new RedisAway();
    this.during();
    return super.forget(keys);
  }
  override async forgetAll(): Promise<void> {
    if (this.away) throw new RedisAway();
    this.all++;
  }
}

describe('Sets that missed a change', () => {
  const make = (max?: number) => {
    const store = new Store(1000, () => 0);
    return { store, distrusted: new DistrustedSets(store, max) };
  };

  it('stay distrusted until the store has forgotten them', async () => {
    const { store, distrusted } = make();
    distrusted.add(key('ann'));
    await distrusted.forget();
    expect(distrusted.has(key('ann'))).toBe(true);
    store.away = false;
    await distrusted.forget();
    expect(distrusted.has(key('ann'))).toBe(false);
  });

  it('stay distrusted when they miss another change while being forgotten', async () => {
    const { store, distrusted } = make();
    distrusted.add(key('ann'));
    store.away = false;
    store.during = () => {
      store.during = () => (store.away = true);
      distrusted.add(key('ann'));
    };
    await distrusted.forget();
    expect(store.away).toBe(true);
    distrusted.close();
  });

  it('are all that the store holds, once it may be another store than before', async () => {
    const { store, distrusted } = make();
    distrusted.add(key('ann'));
    distrusted.addAll();
    expect(distrusted.has(key('someone else'))).toBe(true);
    store.away = false;
    await distrusted.forget();
    expect(store.all).toBe(1);
    expect(distrusted.has(key('someone else'))).toBe(false);
  });

  it('make the store forget everything when they are too many to remember', async () => {
    const { store, distrusted } = make(2);
    for (const name of ['ann', 'bob', 'cid']) distrusted.add(key(name));
    expect(distrusted.has(key('someone else'))).toBe(true);
    store.away = false;
    await distrusted.forget();
    expect(store.all).toBe(1);
    expect(distrusted.has(key('someone else'))).toBe(false);
  });
});
