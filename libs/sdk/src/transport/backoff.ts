export interface BackoffOptions {
  /** The first pause at most, in milliseconds; it doubles from there. Default 500. */
  minMs?: number;
  /** No pause is longer, unless the server asks for it. Default 30,000. */
  maxMs?: number;
}

/**
 * Pauses that double, each drawn from its upper half, so that a thousand clients that lost the same server do not come
 * back in the same moment.
 */
export class Backoff {
  private failures = 0;
  private readonly minMs: number;
  private readonly maxMs: number;

  constructor({ minMs = 500, maxMs = 30_000 }: BackoffOptions = {}) {
    this.minMs = minMs;
    this.maxMs = maxMs;
  }

  /** Milliseconds until the next attempt; never before `retryAfterMs`, which is spread by up to a fifth. */
  next(retryAfterMs = 0): number {
    const bound = Math.min(this.maxMs, this.minMs * 2 ** this.failures++);
    const drawn = bound * (0.5 + Math.random() / 2);
    return retryAfterMs > drawn ? retryAfterMs * (1 + Math.random() / 5) : drawn;
  }

  get attempts(): number {
    return this.failures;
  }

  reset(): void {
    this.failures = 0;
  }
}
