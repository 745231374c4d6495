import { Logger } from '@nestjs/common';
import { RedisAway } from '../redis/redis-link.js';
import type { SetKey, SetStore } from './set-store.js';

const MAX_KEYS = 10_000;
const RETRY_MS = 1000;
const CHUNK = 100;

/**
 * Sets in the store that a change did not reach. They are not read until the store has forgotten them, which is tried
 * until it is done. More than can be remembered, and the store forgets all sets.
 */
export class DistrustedSets {
  private readonly logger = new Logger('Relations');
  private readonly keys = new Map<SetKey, symbol>();
  private all: symbol | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly store: SetStore,
    private readonly maxKeys = MAX_KEYS,
  ) {}

  has(key: SetKey): boolean {
    return this.all !== undefined || this.keys.has(key);
  }

  add(key: SetKey): void {
    // a new mark each time: what is being forgotten right now may have been changed again
    this.keys.set(key, Symbol());
    if (this.keys.size > this.maxKeys || this.all !== undefined) this.addAll();
    else this.retry();
  }

  addAll(): void {
    this.keys.clear();
    this.all = Symbol();
    this.retry();
  }

  /** Never throws; what could not be forgotten now stays distrusted. */
  forget(): Promise<void> {
    this.running ??= this.work().finally(() => (this.running = undefined));
    return this.running;
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private retry(): void {
    if (this.timer !== undefined) return;
    this.timer = setInterval(() => void this.forget(), RETRY_MS);
    this.timer.unref();
  }

  private async work(): Promise<void> {
    try {
      const { all } = this;
      if (all !== undefined) {
        await this.store.forgetAll();
        if (this.all === all) this.all = undefined;
      }
      while (this.keys.size > 0) {
        const chunk = [...this.keys].slice(0, CHUNK);
        await this.store.forget(chunk.map(([key]) => key));
        for (const [key, mark] of chunk) if (this.keys.get(key) === mark) this.keys.delete(key);
      }
      if (this.all === undefined) this.close();
    } catch (error) {
      if (!(error instanceof RedisAway)) this.logger.error('Relations could not be forgotten', error);
    }
  }
}
