import { LuaScript, REDIS_PREFIX } from '@dunlin/relations';
import type { Redis } from 'ioredis';

/** A gateway that died in the middle of an attempt must not be counted for longer than the attempt could have taken. */
const FORGET_MS = 30_000;

const ENTER = new LuaScript(`
  local time = redis.call('time')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('zremrangebyscore', KEYS[1], '-inf', now)
  redis.call('zadd', KEYS[1], now + ARGV[2], ARGV[1])
  redis.call('pexpire', KEYS[1], ARGV[2])
  return redis.call('zcard', KEYS[1])`);

/** What has begun and not ended, a key; over all gateways with Redis, and of this one while Redis is away. */
export class InFlight {
  private readonly here = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly redis: Redis | null,
  ) {}

  /**
   * Every `enter` needs its `leave`.
   * @param id of this attempt
   * @returns how many there are, this one included
   */
  async enter(key: string, id: string): Promise<number> {
    const here = (this.here.get(key) ?? 0) + 1;
    this.here.set(key, here);
    if (this.redis?.status !== 'ready') return here;
    try {
      return Math.max(here, Number(await ENTER.run(this.redis, [this.nameOf(key)], [id, FORGET_MS])));
    } catch {
      return this.here.get(key) ?? here; // Redis is away
    }
  }

  async leave(key: string, id: string): Promise<void> {
    const here = this.here.get(key) ?? 0;
    if (here > 1) this.here.set(key, here - 1);
    else this.here.delete(key);
    if (this.redis?.status !== 'ready') return;
    await this.redis.zrem(this.nameOf(key), id).catch(() => undefined); // forgotten in FORGET_MS
  }

  private nameOf(key: string): string {
    return `${REDIS_PREFIX}inflight:${this.name}:${key}`;
  }
}
