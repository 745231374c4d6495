import type { BucketRule } from './rules.js';

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  at: number;
}

const MAX_KEYS = 100_000;

/**
 * One token bucket a key, in O(1) and without a promise. A bucket left alone for as long as it takes to fill is full,
 * which is the same as none: so there are two generations of them, and whenever that time has passed, or there are too
 * many, the older generation is dropped whole. No sweep, no timer, at most `2 × maxKeys` buckets.
 */
export class TokenBuckets {
  private young = new Map<string, Bucket>();
  private old = new Map<string, Bucket>();
  private turnAt: number;
  private readonly perMs: number;
  private readonly fillMs: number;

  /** @param now milliseconds */
  constructor(
    private readonly rule: BucketRule,
    private readonly now: () => number,
    private readonly maxKeys = MAX_KEYS,
  ) {
    this.perMs = rule.perSecond / 1000;
    // from the deepest debt
    this.fillMs = (2 * rule.burst) / this.perMs;
    this.turnAt = now() + this.fillMs;
  }

  /** @param tokens at most the burst @returns 0 when they were taken, or the milliseconds until there are so many */
  take(key: string, tokens = 1): number {
    const bucket = this.refilled(key);
    if (bucket.tokens < tokens) return Math.ceil((tokens - bucket.tokens) / this.perMs);
    bucket.tokens -= tokens;
    return 0;
  }

  /** Takes what is spent already, into debt of a burst at most. @returns the milliseconds until there is none, or 0 */
  charge(key: string, tokens: number): number {
    const bucket = this.refilled(key);
    bucket.tokens = Math.max(bucket.tokens - tokens, -this.rule.burst);
    return bucket.tokens >= 0 ? 0 : Math.ceil(-bucket.tokens / this.perMs);
  }

  /** Keys that are remembered now. */
  get size(): number {
    return this.young.size + this.old.size;
  }

  private refilled(key: string): Bucket {
    const now = this.now();
    if (now >= this.turnAt || this.young.size >= this.maxKeys) this.turn(now);
    const bucket = this.bucketOf(key, now);
    // a clock set back refills nothing
    const elapsed = Math.max(0, now - bucket.at);
    bucket.tokens = Math.min(this.rule.burst, bucket.tokens + elapsed * this.perMs);
    bucket.at = now;
    return bucket;
  }

  private bucketOf(key: string, now: number): Bucket {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const old = this.old.get(key);
    if (old !== undefined) this.old.delete(key);
    const bucket = old ?? { tokens: this.rule.burst, at: now };
    this.young.set(key, bucket);
    return bucket;
  }

  private turn(now: number): void {
    this.old = this.young;
    this.young = new Map();
    this.turnAt = now + this.fillMs;
  }
}
