import { DunlinError, Relations, type UserId } from '@dunlin/contracts';
import type { PresenceService } from './presence.service.js';
import { PresenceSubscriptions } from './presence-subscriptions.js';

const [ann, bob, cid] = ['ann', 'bob', 'cid'] as UserId[] as [UserId, UserId, UserId];

class Ties {
  readonly pairs = new Set<string>();
  gate: Promise<void> = Promise.resolve();
  down = false;
  tie(a: UserId, b: UserId): void {
    this.pairs.add([a, b].sort().join());
  }
  cut(a: UserId, b: UserId): void {
    this.pairs.delete([a, b].sort().join());
  }
  async acquaintances(userId: UserId, others: readonly UserId[]): Promise<UserId[]> {
    await this.gate;
    if (this.down) throw new DunlinError('unavailable');
    return others.filter((other) => this.pairs.has([userId, other].sort().join()));
  }
}

const set = () => {
  const ties = new Ties();
  const presence = {
    of: async (ids: UserId[]) => Object.fromEntries(ids.map((id) => [id, { online: true, lastSeenAt: null }])),
  };
  const subscriptions = new PresenceSubscriptions(ties as unknown as Relations, presence as unknown as PresenceService);
  ties.tie(ann, bob);
  ties.tie(ann, cid);
  return { ties, subscriptions, watchers: (userId: UserId) => [...subscriptions.watchersOf(userId)] };
};

describe('A presence subscription', () => {
  afterEach(() => jest.useRealTimers());

  it('is about friends and fellow members only', async () => {
    const { subscriptions, watchers } = set();
    expect(Object.keys(await subscriptions.subscribe('s1', bob, [ann, cid]))).toEqual([ann]);
    expect(watchers(ann)).toEqual(['s1']);
    expect(watchers(cid)).toEqual([]);
  });

  it('replaces the one before, and ends with the socket', async () => {
    const { subscriptions, watchers } = set();
    await subscriptions.subscribe('s1', ann, [bob]);
    await subscriptions.subscribe('s2', ann, [bob]);
    await subscriptions.subscribe('s1', ann, [cid]);
    expect(watchers(bob)).toEqual(['s2']);
    subscriptions.drop('s1');
    expect(watchers(cid)).toEqual([]);
  });

  it('is not made for a socket that went while it was looked up', async () => {
    const { ties, subscriptions, watchers } = set();
    let open = (): void => undefined;
    ties.gate = new Promise((resolve) => (open = resolve));
    const under = subscriptions.subscribe('s1', ann, [bob]);
    subscriptions.drop('s1');
    open();
    await under;
    expect(watchers(bob)).toEqual([]);
  });

  it('is the newest when two are under way', async () => {
    const { ties, subscriptions, watchers } = set();
    let open = (): void => undefined;
    ties.gate = new Promise((resolve) => (open = resolve));
    const first = subscriptions.subscribe('s1', ann, [bob]);
    ties.gate = Promise.resolve();
    await subscriptions.subscribe('s1', ann, [cid]);
    open();
    await first;
    expect([watchers(bob), watchers(cid)]).toEqual([[], ['s1']]);
  });

  it('ends on both sides with the tie, and only for the two', async () => {
    const { ties, subscriptions, watchers } = set();
    await subscriptions.subscribe('s1', ann, [bob, cid]);
    await subscriptions.subscribe('s2', bob, [ann]);
    ties.cut(ann, bob);
    await subscriptions.recheck(bob, ann);
    expect([watchers(bob), watchers(ann), watchers(cid)]).toEqual([[], [], ['s1']]);
    subscriptions.onApplicationShutdown();
  });

  it('goes on when another tie is left', async () => {
    const { subscriptions, watchers } = set();
    await subscriptions.subscribe('s1', ann, [bob]);
    await subscriptions.recheck(ann, bob);
    expect(watchers(bob)).toEqual(['s1']);
    subscriptions.onApplicationShutdown();
  });

  it('ends in the second look when the news came before the relations knew', async () => {
    jest.useFakeTimers();
    const { ties, subscriptions, watchers } = set();
    await subscriptions.subscribe('s1', ann, [bob]);
    await subscriptions.recheck(ann, bob);
    ties.cut(ann, bob);
    await jest.advanceTimersByTimeAsync(2000);
    expect(watchers(bob)).toEqual([]);
  });

  it('ends with all whom someone knew through a group alone', async () => {
    const { ties, subscriptions, watchers } = set();
    await subscriptions.subscribe('s1', ann, [bob, cid]);
    await subscriptions.subscribe('s2', bob, [ann]);
    ties.cut(ann, bob);
    await subscriptions.recheckAll(ann);
    expect([watchers(bob), watchers(ann), watchers(cid)]).toEqual([[], [], ['s1']]);
    subscriptions.onApplicationShutdown();
  });

  it('rather ends than tells a stranger when nobody can say', async () => {
    const { ties, subscriptions, watchers } = set();
    await subscriptions.subscribe('s1', ann, [bob]);
    ties.down = true;
    await subscriptions.recheck(ann, bob);
    expect(watchers(bob)).toEqual([]);
    subscriptions.onApplicationShutdown();
  });
});
