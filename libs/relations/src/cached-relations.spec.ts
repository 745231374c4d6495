import { DunlinError, type GroupId, type UserId } from '@dunlin/contracts';
import { CachedRelations } from './cached-relations.js';
import { RedisAway } from './redis/redis-link.js';
import { MemorySetStore } from './sets/memory-set-store.js';
import type { SetKey } from './sets/set-store.js';

const [ann, bob, cid, dee] = ['ann', 'bob', 'cid', 'dee'] as UserId[] as [UserId, UserId, UserId, UserId];
const [chess, tea] = ['chess', 'tea'] as GroupId[] as [GroupId, GroupId];

/** What SQL holds, and how often it was asked. */
class Truth {
  readonly sets = new Map<SetKey, Set<string>>();
  readonly asked: SetKey[] = [];
  /** Holds answers back until it resolves; what is answered was read before. */
  gate: Promise<void> = Promise.resolve();
  down = false;

  of(key: SetKey): Set<string> {
    const set = this.sets.get(key) ?? new Set();
    this.sets.set(key, set);
    return set;
  }
  befriend(a: UserId, b: UserId): void {
    this.of(`friends:${a}`).add(b);
    this.of(`friends:${b}`).add(a);
  }
  part(a: UserId, b: UserId): void {
    this.of(`friends:${a}`).delete(b);
    this.of(`friends:${b}`).delete(a);
  }
  join(group: GroupId, ...users: UserId[]): void {
    for (const user of users) {
      this.of(`members:${group}`).add(user);
      this.of(`groups:${user}`).add(group);
    }
  }
  readonly read = async (key: SetKey): Promise<string[]> => {
    this.asked.push(key);
    const now = [...this.of(key)];
    await this.gate;
    if (this.down) throw new DunlinError('unavailable');
    return now;
  };
}

/** A store that can be switched off, as Redis can. */
class BreakableStore extends MemorySetStore {
  away = false;
  private check(): void {
    if (this.away) throw new RedisAway();
  }
  override async members(...args: Parameters<MemorySetStore['members']>) {
    this.check();
    return super.members(...args);
  }
  override async holds(...args: Parameters<MemorySetStore['holds']>) {
    this.check();
    return super.holds(...args);
  }
  override async lease(...args: Parameters<MemorySetStore['lease']>) {
    this.check();
    return super.lease(...args);
  }
  override async fill(...args: Parameters<MemorySetStore['fill']>) {
    this.check();
    return super.fill(...args);
  }
  override async change(...args: Parameters<MemorySetStore['change']>) {
    this.check();
    return super.change(...args);
  }
  override async forget(...args: Parameters<MemorySetStore['forget']>) {
    this.check();
    return super.forget(...args);
  }
}

const set = () => {
  const time = { now: 1_000_000 };
  const now = () => time.now;
  const truth = new Truth();
  const store = new BreakableStore(60_000, now);
  const relations = new CachedRelations(store, truth.read, now);
  return { time, truth, store, relations };
};

describe('Relations', () => {
  it('asks the truth once for a set and answers from memory after that', async () => {
    const { truth, relations } = set();
    truth.befriend(ann, bob);
    expect(await relations.areFriends(ann, bob)).toBe(true);
    expect(await relations.areFriends(ann, cid)).toBe(false);
    expect(await relations.friendsOf(ann)).toEqual(new Set([bob]));
    expect(truth.asked).toEqual(['friends:ann']);
  });

  it('asks the truth again where it has to be exact', async () => {
    const { truth, relations } = set();
    truth.befriend(ann, bob);
    await relations.friendsOf(ann);
    truth.part(ann, bob);
    expect(await relations.friendsOf(ann)).toEqual(new Set([bob]));
    expect(await relations.currentFriendsOf(ann)).toEqual(new Set());
  });

  it('knows someone without friends without asking again', async () => {
    const { truth, relations } = set();
    expect((await relations.friendsOf(ann)).size).toBe(0);
    expect((await relations.friendsOf(ann)).size).toBe(0);
    expect(truth.asked).toHaveLength(1);
  });

  it('asks the truth once for many who want the same set at the same time', async () => {
    const { truth, relations } = set();
    truth.join(chess, ann, bob);
    const answers = await Promise.all(Array.from({ length: 50 }, () => relations.membersOf(chess)));
    expect(answers.every((members) => members.size === 2)).toBe(true);
    expect(truth.asked).toHaveLength(1);
  });

  it('follows changes of sets that are there', async () => {
    const { truth, relations } = set();
    await relations.friendsOf(ann);
    await relations.membersOf(chess);
    truth.befriend(ann, bob);
    await relations.friendshipChanged(ann, bob, true);
    truth.join(chess, ann, bob);
    await relations.membershipChanged(chess, { joined: [ann, bob] });
    expect(await relations.areFriends(ann, bob)).toBe(true);
    expect(await relations.membersOf(chess)).toEqual(new Set([ann, bob]));
    expect(truth.asked).toEqual(['friends:ann', 'members:chess']);
  });

  it('makes no half set out of a change to one that is not there', async () => {
    const { truth, relations } = set();
    truth.befriend(ann, cid);
    truth.befriend(ann, bob);
    await relations.friendshipChanged(ann, bob, true);
    expect(await relations.friendsOf(ann)).toEqual(new Set([bob, cid]));
  });

  it('does not keep what was read before a change that overtook the reading', async () => {
    const { truth, relations } = set();
    truth.befriend(ann, bob);
    let open = (): void => undefined;
    truth.gate = new Promise((resolve) => (open = resolve));
    const early = relations.friendsOf(ann);
    while (truth.asked.length === 0) await new Promise(setImmediate);
    truth.part(ann, bob);
    await relations.friendshipChanged(ann, bob, false);
    open();
    expect((await early).has(bob)).toBe(true);
    expect(await relations.areFriends(ann, bob)).toBe(false);
  });

  it('is right when two changes of one friendship are told in the wrong order', async () => {
    const { truth, relations } = set();
    await relations.friendsOf(ann);
    truth.befriend(ann, bob);
    truth.part(ann, bob);
    await relations.friendshipChanged(ann, bob, false);
    await relations.friendshipChanged(ann, bob, true);
    expect(await relations.areFriends(ann, bob)).toBe(false);
  });

  it('gives out sets that do not change under their reader', async () => {
    const { relations } = set();
    const before = await relations.friendsOf(ann);
    await relations.friendshipChanged(ann, bob, true);
    expect(before.size).toBe(0);
  });

  it('forgets the members of a dissolved group', async () => {
    const { truth, relations } = set();
    truth.join(chess, ann, bob);
    await relations.membersOf(chess);
    await relations.groupsOf(ann);
    truth.sets.clear();
    await relations.groupDissolved(chess, [ann, bob]);
    expect((await relations.membersOf(chess)).size).toBe(0);
    expect((await relations.groupsOf(ann)).size).toBe(0);
  });

  it('answers friends and fellow members, each once, and never the asker or a stranger', async () => {
    const { truth, relations } = set();
    truth.befriend(ann, bob);
    truth.join(chess, ann, bob, cid);
    truth.join(tea, bob, dee);
    expect(await relations.acquaintances(ann, [dee, cid, bob, bob, ann])).toEqual([cid, bob]);
    expect(await relations.acquaintances(ann, [])).toEqual([]);
  });

  it('finds fellow members of someone in more groups than people were asked about', async () => {
    const { truth, relations } = set();
    for (let i = 0; i < 5; i++) truth.join(`g${i}` as GroupId, ann);
    truth.join('g3' as GroupId, cid);
    expect(await relations.acquaintances(ann, [cid, dee])).toEqual([cid]);
    expect(truth.asked).not.toContain('members:g0');
  });

  it('answers from the truth while the store is away, once a second for one set', async () => {
    const { time, truth, store, relations } = set();
    truth.befriend(ann, bob);
    store.away = true;
    for (let i = 0; i < 20; i++) expect(await relations.areFriends(ann, bob)).toBe(true);
    expect(truth.asked).toHaveLength(1);
    time.now += 1001;
    await relations.areFriends(ann, bob);
    expect(truth.asked).toHaveLength(2);
  });

  it('sees its own change at once while the store is away', async () => {
    const { truth, store, relations } = set();
    store.away = true;
    expect(await relations.areFriends(ann, bob)).toBe(false);
    truth.befriend(ann, bob);
    await relations.friendshipChanged(ann, bob, true);
    expect(await relations.areFriends(ann, bob)).toBe(true);
  });

  it('does not trust a set that missed a change, until it has been read again', async () => {
    const { time, truth, store, relations } = set();
    truth.befriend(ann, bob);
    await relations.friendsOf(ann);
    store.away = true;
    truth.part(ann, bob);
    await relations.friendshipChanged(ann, bob, false);
    store.away = false;
    expect(await relations.areFriends(ann, bob)).toBe(false);
    await relations.recover();
    time.now += 2000;
    expect(await store.members(`friends:${ann}`)).toBeNull();
    expect(await relations.areFriends(ann, bob)).toBe(false);
    expect(await store.members(`friends:${ann}`)).toEqual(new Set());
    relations.close();
  });

  it('passes the failure on when neither store nor truth can answer', async () => {
    const { truth, store, relations } = set();
    store.away = true;
    truth.down = true;
    await expect(relations.friendsOf(ann)).rejects.toMatchObject({ code: 'unavailable' });
    truth.down = false;
    expect((await relations.friendsOf(ann)).size).toBe(0);
  });
});
