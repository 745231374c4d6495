import { REDIS_PREFIX } from '@dunlin/relations';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { WindowRule } from './rules.js';

/** A fixed window a key, over all gateways with Redis; while Redis is away each gateway counts for itself. */
export class WindowLimiter {
  private readonly limiter: RateLimiterAbstract;

  constructor(name: string, rule: WindowRule, redis: Redis | null) {
    const options = { keyPrefix: `${REDIS_PREFIX}limit:${name}`, points: rule.points, duration: rule.seconds };
    const memory = new RateLimiterMemory(options);
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

  /** Takes back one that was counted. */
  async giveBack(key: string): Promise<void> {
    await this.limiter.reward(key);
  }
}
