import { Lru, newId } from '@dunlin/platform';
import { LEASE_MS, REORDER_MS, SetStore, type Lease, type SetKey } from './set-store.js';

const MAX_MEMBERS = 1_000_000;
const MAX_LEASES = 10_000;
const MAX_RECENT = 100_000;

/** Sets in this process: bounded, least recently used first out. A set once given out never changes under its reader. */
export class MemorySetStore extends SetStore {
  private readonly sets: Lru<SetKey, ReadonlySet<string>>;
  private readonly leases: Lru<SetKey, Lease>;
  private readonly recent: Lru<string, true>;

  /**
   * @param ttlMs how long a set is kept
   * @param now milliseconds
   */
  constructor(
    private readonly ttlMs: number,
    now: () => number,
    maxMembers = MAX_MEMBERS,
  ) {
    super();
    this.sets = new Lru(maxMembers, now);
    this.leases = new Lru(MAX_LEASES, now);
    this.recent = new Lru(MAX_RECENT, now);
  }

  async members(key: SetKey): Promise<ReadonlySet<string> | null> {
    return this.sets.get(key) ?? null;
  }

  async holds(key: SetKey, candidates: readonly string[]): Promise<boolean[] | null> {
    const set = this.sets.get(key);
    return set === undefined ? null : candidates.map((candidate) => set.has(candidate));
  }

  async lease(key: SetKey): Promise<Lease> {
    const held = this.leases.get(key);
    if (held !== undefined) return held;
    const lease = newId();
    this.leases.set(key, lease, LEASE_MS);
    return lease;
  }

  async fill(key: SetKey, lease: Lease, members: readonly string[]): Promise<void> {
    if (this.leases.get(key) !== lease) return;
    this.leases.delete(key);
    this.sets.set(key, new Set(members), this.ttlMs, members.length + 1);
  }

  async change(key: SetKey, joined: readonly string[], left: readonly string[]): Promise<void> {
    this.leases.delete(key);
    let again = false;
    for (const member of [...joined, ...left]) {
      const mark = `${key} ${member}`;
      again ||= this.recent.get(mark) !== undefined;
      this.recent.set(mark, true, REORDER_MS);
    }
    const set = this.sets.get(key);
    if (set === undefined) return;
    if (again) {
      this.sets.delete(key);
      return;
    }
    const changed = new Set(set);
    for (const member of joined) changed.add(member);
    for (const member of left) changed.delete(member);
    this.sets.replace(key, changed, changed.size + 1);
  }

  async forget(keys: readonly SetKey[]): Promise<void> {
    for (const key of keys) {
      this.leases.delete(key);
      this.sets.delete(key);
    }
  }

  async forgetAll(): Promise<void> {
    this.leases.clear();
    this.sets.clear();
  }
}
