import { DunlinError } from '@dunlin/contracts';

interface Waiting {
  weight: number;
  start: () => void;
}

/** Lets `slots` of work run at a time, `maxWaiting` more wait their turn, and refuses the rest. First come, first served. */
export class WorkLimiter {
  private free: number;
  private readonly waiting: Waiting[] = [];

  constructor(
    private readonly slots: number,
    private readonly maxWaiting: number,
    private readonly retryAfterMs = 1000,
  ) {
    this.free = slots;
  }

  /**
   * @param weight how many slots the work takes, at most all of them
   * @throws DunlinError `busy` at once when too many are waiting; else what the work throws
   */
  async run<T>(weight: number, work: () => Promise<T>): Promise<T> {
    const taken = Math.min(weight, this.slots);
    await this.acquire(taken);
    try {
      return await work();
    } finally {
      this.free += taken;
      this.startNext();
    }
  }

  private acquire(weight: number): Promise<void> {
    if (this.waiting.length === 0 && this.free >= weight) {
      this.free -= weight;
      return Promise.resolve();
    }
    if (this.waiting.length >= this.maxWaiting)
      return Promise.reject(new DunlinError('busy', { retryAfterMs: this.retryAfterMs }));
    return new Promise((start) => this.waiting.push({ weight, start }));
  }

  private startNext(): void {
    for (let next = this.waiting[0]; next && this.free >= next.weight; next = this.waiting[0]) {
      this.waiting.shift();
      this.free -= next.weight;
      next.start();
    }
  }
}
