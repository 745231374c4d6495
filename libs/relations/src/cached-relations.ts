import { Relations, type GroupId, type UserId } from '@dunlin/contracts';
import { chunks, Lru } from '@dunlin/platform';
import { Logger } from '@nestjs/common';
import { RedisAway } from './redis/redis-link.js';
import { DistrustedSets } from './sets/distrusted-sets.js';
import type { SetKey, SetStore } from './sets/set-store.js';

/** While the store is away the truth is not asked twice for one set within this time. Milliseconds. */
const FALLBACK_MS = 1000;
const FALLBACK_MEMBERS = 200_000;
const PARALLEL = 16;

/**
 * Relations out of a {@link SetStore}, read from the truth when a set is missing, when the store is away, and when a
 * change could not be told to the store: then the set there is out of date until it has been forgotten.
 */
export class CachedRelations extends Relations {
  private readonly logger = new Logger(Relations.name);
  private readonly flights = new Map<SetKey, Promise<ReadonlySet<string>>>();
  private readonly fallback: Lru<SetKey, ReadonlySet<string>>;
  private readonly distrusted: DistrustedSets;

  /**
   * @param truth all members of one set, from its owner
   * @param now milliseconds
   */
  constructor(
    private readonly store: SetStore,
    private readonly truth: (key: SetKey) => Promise<readonly string[]>,
    now: () => number,
  ) {
    super();
    this.fallback = new Lru(FALLBACK_MEMBERS, now);
    this.distrusted = new DistrustedSets(store);
  }

  async friendsOf(userId: UserId): Promise<ReadonlySet<UserId>> {
    return (await this.membersIn(`friends:${userId}`)) as ReadonlySet<UserId>;
  }

  async currentFriendsOf(userId: UserId): Promise<ReadonlySet<UserId>> {
    return new Set((await this.truth(`friends:${userId}`)) as readonly UserId[]);
  }

  async areFriends(a: UserId, b: UserId): Promise<boolean> {
    return (await this.among(`friends:${a}`, [b])).length === 1;
  }

  async membersOf(groupId: GroupId): Promise<ReadonlySet<UserId>> {
    return (await this.membersIn(`members:${groupId}`)) as ReadonlySet<UserId>;
  }

  async groupsOf(userId: UserId): Promise<ReadonlySet<GroupId>> {
    return (await this.membersIn(`groups:${userId}`)) as ReadonlySet<GroupId>;
  }

  async acquaintances(userId: UserId, others: readonly UserId[]): Promise<UserId[]> {
    const asked = new Set(others);
    asked.delete(userId);
    if (asked.size === 0) return [];
    const known = new Set<string>(await this.among(`friends:${userId}`, [...asked]));
    const rest = [...asked].filter((other) => !known.has(other));
    if (rest.length > 0) for (const fellow of await this.fellows(userId, rest)) known.add(fellow);
    return [...asked].filter((other) => known.has(other));
  }

  async friendshipChanged(a: UserId, b: UserId, friends: boolean): Promise<void> {
    await Promise.all([
      this.change(`friends:${a}`, friends ? [b] : [], friends ? [] : [b]),
      this.change(`friends:${b}`, friends ? [a] : [], friends ? [] : [a]),
    ]);
  }

  async membershipChanged(
    groupId: GroupId,
    { joined = [], left = [] }: { joined?: UserId[]; left?: UserId[] },
  ): Promise<void> {
    await this.change(`members:${groupId}`, joined, left);
    await inChunks(joined, (userId) => this.change(`groups:${userId}`, [groupId], []));
    await inChunks(left, (userId) => this.change(`groups:${userId}`, [], [groupId]));
  }

  async groupDissolved(groupId: GroupId, members: UserId[]): Promise<void> {
    await this.change(`members:${groupId}`, [], members);
    await inChunks(members, (userId) => this.change(`groups:${userId}`, [], [groupId]));
  }

  /** No set that the store holds now is read any more. */
  distrust(): void {
    this.distrusted.addAll();
  }

  /** Tries now what could not be told to the store before, instead of at the next tick. */
  recover(): Promise<void> {
    return this.distrusted.forget();
  }

  close(): void {
    this.distrusted.close();
  }

  /** Looks through the caller's groups or the others' groups, whichever are fewer sets. */
  private async fellows(userId: UserId, others: UserId[]): Promise<Iterable<string>> {
    const groups = await this.groupsOf(userId);
    const found = new Set<string>();
    if (groups.size <= others.length) {
      await inChunks([...groups], async (group) => {
        const rest = others.filter((other) => !found.has(other));
        if (rest.length === 0) return;
        for (const fellow of await this.among(`members:${group}`, rest)) found.add(fellow);
      });
    } else {
      const mine = [...groups];
      await inChunks(others, async (other) => {
        if ((await this.among(`groups:${other}`, mine)).length > 0) found.add(other);
      });
    }
    return found;
  }

  private membersIn(key: SetKey): Promise<ReadonlySet<string>> {
    return this.read(
      key,
      () => this.store.members(key),
      (set) => set,
    );
  }

  private among<T extends string>(key: SetKey, candidates: readonly T[]): Promise<T[]> {
    return this.read(
      key,
      async () => {
        const held = await this.store.holds(key, candidates);
        return held && candidates.filter((_, i) => held[i]);
      },
      (set) => candidates.filter((candidate) => set.has(candidate)),
    );
  }

  private async read<T>(
    key: SetKey,
    look: () => Promise<T | null>,
    derive: (set: ReadonlySet<string>) => T,
  ): Promise<T> {
    if (this.distrusted.has(key)) return derive(await this.withoutStore(key));
    let found: T | null;
    try {
      found = await look();
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
      return derive(await this.withoutStore(key));
    }
    return found ?? derive(await this.flight(key, () => this.load(key)));
  }

  private async load(key: SetKey): Promise<ReadonlySet<string>> {
    const lease = await this.unlessAway(() => this.store.lease(key));
    const members = await this.truth(key);
    if (lease !== undefined) await this.unlessAway(() => this.store.fill(key, lease, members));
    return new Set(members);
  }

  private async withoutStore(key: SetKey): Promise<ReadonlySet<string>> {
    const kept = this.fallback.get(key);
    if (kept !== undefined) return kept;
    return this.flight(
      key,
      async () => new Set(await this.truth(key)),
      (set) => this.fallback.set(key, set, FALLBACK_MS, set.size + 1),
    );
  }

  /**
   * One look at the truth for all who want the same set at the same time. A change takes the flight out, since what it
   * brings is from before: nobody boards it after that, and it is not kept.
   */
  private flight(
    key: SetKey,
    start: () => Promise<ReadonlySet<string>>,
    keep: (set: ReadonlySet<string>) => void = () => undefined,
  ): Promise<ReadonlySet<string>> {
    const running = this.flights.get(key);
    if (running !== undefined) return running;
    const flight = start().then(
      (set) => {
        if (this.land(key, flight)) keep(set);
        return set;
      },
      (error: unknown) => {
        this.land(key, flight);
        throw error;
      },
    );
    this.flights.set(key, flight);
    return flight;
  }

  /** @returns whether nothing has changed since it started */
  private land(key: SetKey, flight: Promise<ReadonlySet<string>>): boolean {
    return this.flights.get(key) === flight && this.flights.delete(key);
  }

  private async change(key: SetKey, joined: readonly string[], left: readonly string[]): Promise<void> {
    this.flights.delete(key);
    this.fallback.delete(key);
    try {
      await this.store.change(key, joined, left);
    } catch (error) {
      if (!(error instanceof RedisAway)) this.logger.error('A relation could not be changed', error);
      this.distrusted.add(key);
    }
  }

  private async unlessAway<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
      return undefined;
    }
  }
}

const inChunks = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  for (const some of chunks(items, PARALLEL)) await Promise.all(some.map(work));
};
