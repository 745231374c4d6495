import { chunks, newId } from '@dunlin/platform';
import type { Redis } from 'ioredis';
import { REDIS_PREFIX } from '../redis/connect-redis.js';
import { LuaScript } from '../redis/lua-script.js';
import type { RedisLink } from '../redis/redis-link.js';
import { LEASE_MS, REORDER_MS, SetStore, type Lease, type SetKey } from './set-store.js';

/** In every set, so that an empty one is there; no id looks like it. */
const SENTINEL = '~';

const FILL = new LuaScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
for i = 3, #ARGV, 1000 do
  redis.call('SADD', KEYS[1], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`);

const CHANGE = new LuaScript(`
redis.call('DEL', KEYS[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = tonumber(ARGV[1])
local joined = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - window)
local again = false
for i = 3, #ARGV do
  if redis.call('ZSCORE', KEYS[3], ARGV[i]) then again = true end
  redis.call('ZADD', KEYS[3], now, ARGV[i])
end
redis.call('PEXPIRE', KEYS[3], window)
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if again then return redis.call('DEL', KEYS[1]) end
for i = 3, #ARGV do
  redis.call(i - 2 <= joined and 'SADD' or 'SREM', KEYS[1], ARGV[i])
end
return 1`);

const FORGET_CHUNK = 200;
const SCAN_COUNT = 1000;

/**
 * `dunlin:<run>:friends:<user>`, `…:members:<group>`, `…:groups:<user>` as Redis sets; beside each, of the same cluster slot,
 * its lease and its recent changes. No command takes keys of two slots.
 *
 * `<run>` is the server's: one that was started again, or a replica that took over, may have come back with sets that missed
 * the last changes. Nobody finds those, and they end by themselves.
 */
export class RedisSetStore extends SetStore {
  /** @param ttlMs how long a set is kept, give or take a tenth, so that sets stored together do not go together */
  constructor(
    private readonly link: RedisLink,
    private readonly ttlMs: number,
  ) {
    super();
  }

  async members(key: SetKey): Promise<ReadonlySet<string> | null> {
    const found = await this.link.attempt((redis) => redis.smembers(this.nameOf(key)));
    if (found.length === 0) return null;
    const set = new Set(found);
    set.delete(SENTINEL);
    return set;
  }

  async holds(key: SetKey, candidates: readonly string[]): Promise<boolean[] | null> {
    const [present, ...held] = await this.link.attempt((redis) =>
      redis.smismember(this.nameOf(key), SENTINEL, ...candidates),
    );
    return present === 1 ? held.map((flag) => flag === 1) : null;
  }

  async lease(key: SetKey): Promise<Lease> {
    const lease = newId();
    return this.link.attempt(async (redis) => {
      const [, held] = await Promise.all([
        redis.set(this.leaseOf(key), lease, 'PX', LEASE_MS, 'NX'),
        redis.get(this.leaseOf(key)),
      ]);
      return held ?? lease;
    });
  }

  async fill(key: SetKey, lease: Lease, members: readonly string[]): Promise<void> {
    const ttl = Math.round(this.ttlMs * (0.9 + Math.random() * 0.2));
    await this.link.attempt((redis) =>
      FILL.run(redis, [this.nameOf(key), this.leaseOf(key)], [lease, ttl, SENTINEL, ...members]),
    );
  }

  async change(key: SetKey, joined: readonly string[], left: readonly string[]): Promise<void> {
    await this.link.attempt((redis) =>
      CHANGE.run(
        redis,
        [this.nameOf(key), this.leaseOf(key), `{${this.nameOf(key)}}:recent`],
        [REORDER_MS, joined.length, ...joined, ...left],
      ),
    );
  }

  async forget(keys: readonly SetKey[]): Promise<void> {
    for (const chunk of chunks(keys, FORGET_CHUNK))
      await this.link.attempt((redis) =>
        Promise.all(chunk.map((key) => redis.del(this.nameOf(key), this.leaseOf(key)))),
      );
  }

  async forgetAll(): Promise<void> {
    const kinds = ['friends', 'members', 'groups'];
    // leases first: what is being read now must not be stored behind the sweep
    for (const kind of kinds) await this.forgetMatching(`{${this.prefix}${kind}:*:lease`);
    for (const kind of kinds) await this.forgetMatching(`${this.prefix}${kind}:*`);
  }

  private async forgetMatching(pattern: string): Promise<void> {
    let cursor = '0';
    do {
      const scan = (redis: Redis): Promise<[string, string[]]> =>
        redis.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
      const [next, names] = await this.link.attempt(scan);
      await this.link.attempt((redis) => Promise.all(names.map((name) => redis.unlink(name))));
      cursor = next;
    } while (cursor !== '0');
  }

  private get prefix(): string {
    return this.link.run === '' ? REDIS_PREFIX : `${REDIS_PREFIX}${this.link.run}:`;
  }
  private nameOf(key: SetKey): string {
    return this.prefix + key;
  }
  private leaseOf(key: SetKey): string {
    return `{${this.nameOf(key)}}:lease`;
  }
}
