import type { GroupId, UserId } from '@dunlin/contracts';

/** Whose set of what. */
export type SetKey = `friends:${UserId}` | `members:${GroupId}` | `groups:${UserId}`;

/** A right to store what is about to be read; any change of the set takes it away. */
export type Lease = string;

/**
 * Keeps relations as sets. A set that is there is complete: it is stored whole or not at all.
 *
 * Leases are those of «Scaling Memcache at Facebook» (NSDI 2013, section 3.2.1): a reader that misses takes one before
 * it asks the truth, a change voids it, and what was read under a void lease is not stored.
 *
 * Two changes of one member close together may be told in the wrong order, since they are told after their commits.
 * Then the set is forgotten and read again, which is right in any order.
 *
 * Any method may throw RedisAway.
 */
export abstract class SetStore {
  /** @returns null when the set is not there */
  abstract members(key: SetKey): Promise<ReadonlySet<string> | null>;
  /** Which of the candidates are in the set, in their order. @returns null when the set is not there */
  abstract holds(key: SetKey, candidates: readonly string[]): Promise<boolean[] | null>;
  abstract lease(key: SetKey): Promise<Lease>;
  /** Stores the whole set if the lease still holds. */
  abstract fill(key: SetKey, lease: Lease, members: readonly string[]): Promise<void>;
  /** Voids leases, and changes the set if it is there. */
  abstract change(key: SetKey, joined: readonly string[], left: readonly string[]): Promise<void>;
  abstract forget(keys: readonly SetKey[]): Promise<void>;
  abstract forgetAll(): Promise<void>;
}

/** Changes of one member within this time may have been told in the wrong order. Milliseconds. */
export const REORDER_MS = 30_000;
/** A load that takes longer stores nothing. Milliseconds. */
export const LEASE_MS = 30_000;
