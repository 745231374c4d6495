import { REDIS_PREFIX } from '@dunlin/relations';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { WindowRule } from './rules.js';

/** A fixed window a key, over all gateways with Redis; while Redis is away each gateway counts for itself. */
export class WindowLimiter {
  readonly points: number;
  private readonly limiter: RateLimiterAbstract;

  constructor(name: string, rule: WindowRule, redis: Redis | null) {
    const options = { keyPrefix: `${REDIS_PREFIX}limit:${name}`, points: rule.points, duration: rule.seconds };
    const memory = new RateLimiterMemory(options);
    this.points = rule.points;
    this.limiter =
      redis === null
        ? memory
        : new RateLimiterRedis({
            ...options,
            storeClient: redis,
            insuranceLimiter: memory,
            rejectIfRedisNotReady: true,
          });
  }

  /** Counts one. @returns 0, or the milliseconds until one is allowed again */
  async take(key: string): Promise<number> {
    try {
      await this.limiter.consume(key);
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
      throw refusal;
    }
  }

  /** Counts one without asking whether it is allowed. */
  async add(key: string): Promise<void> {
    await this.limiter.penalty(key);
  }

  /** What this window has counted, and the milliseconds that are left of it. */
  async look(key: string): Promise<{ count: number; leftMs: number }> {
    const found = await this.limiter.get(key);
    return found === null ? { count: 0, leftMs: 0 } : { count: found.consumedPoints, leftMs: found.msBeforeNext };
  }
}
