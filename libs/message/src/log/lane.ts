import { DunlinError } from '@dunlin/contracts';

/** Most that one transaction takes. */
export const BATCH_MAX = 256;
/** Most that one lane holds; past it a send is answered `busy` at once. */
export const QUEUE_MAX = 4096;

/**
 * A queue whose running commit is its batching window: what arrives while one batch is being written leaves together
 * in the next. There is no timer; an idle lane starts at once.
 */
export class Lane<T> {
  private queue: T[] = [];
  private running?: Promise<void>;

  constructor(
    private readonly write: (batch: T[]) => Promise<void>,
    private readonly batchMax = BATCH_MAX,
    private readonly queueMax = QUEUE_MAX,
  ) {}

  get length(): number {
    return this.queue.length;
  }

  /** @throws DunlinError `busy` when the lane is full */
  push(item: T): void {
    if (this.queue.length >= this.queueMax) throw new DunlinError('busy', { retryAfterMs: 500 });
    this.queue.push(item);
    this.running ??= this.run();
  }

  /** Resolves when everything that was queued is written. */
  async drained(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // Let everything that this turn of the event loop brings join the first batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      const batch = this.queue.length <= this.batchMax ? this.queue : this.queue.slice(0, this.batchMax);
      this.queue = this.queue.length <= this.batchMax ? [] : this.queue.slice(this.batchMax);
      await this.write(batch);
    }
    this.running = undefined;
  }
}
