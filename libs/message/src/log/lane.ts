import { setImmediate } from 'node:timers/promises';
import { DunlinError } from '@dunlin/contracts';
import { newId, runInTrace } from '@dunlin/platform';

/**
 * Most that one transaction takes. Usually far fewer have queued; where a commit takes a second, as on a disk that
 * others keep busy, this is what the lane does in one.
 */
const BATCH_MAX = 1024;
/** Most that its items weigh together: characters, of which MySQL takes 16 MiB in one statement at least. */
const WEIGHT_MAX = 2 * 1024 * 1024;
/** Most that one lane holds; past it a send is answered `busy` at once. */
const QUEUE_MAX = 2048;

/** What remains to be done once a batch is written: to tell of it. Never rejects. */
export type Telling = () => Promise<void>;

/**
 * A queue whose running commit is its batching window: what arrives while one batch is being written leaves together
 * in the next. There is no timer; an idle lane starts at once. While one batch is told of, the next one is written; they
 * are told of in their order, and no batch is written before the one but last has been told of.
 */
export class Lane<T> {
  private queue: T[] = [];
  private running?: Promise<void>;

  constructor(
    private readonly write: (batch: T[]) => Promise<Telling>,
    private readonly weigh: (item: T) => number,
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
    // a trace of its own: it goes on for as long as there is work, long after what has started it
    this.running ??= runInTrace(newId(), () => this.run());
  }

  /** Resolves when everything that was queued is written. */
  async drained(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // let what is pushed together join the first batch
    await Promise.resolve();
    let told = Promise.resolve();
    for (;;) {
      while (this.queue.length > 0) {
        const tell = await this.write(this.take());
        await told;
        // The next batch is on its way before this one is told of: the database is not to wait for our sockets.
        told = this.queue.length > 0 ? setImmediate().then(tell) : tell();
      }
      await told;
      if (this.queue.length === 0) break;
    }
    this.running = undefined;
  }

  private take(): T[] {
    const all = this.queue;
    let count = 0;
    for (let weight = 0; count < all.length && count < this.batchMax; count++) {
      weight += this.weigh(all[count] as T);
      if (weight > WEIGHT_MAX && count > 0) break;
    }
    this.queue = all.slice(count);
    return count === all.length ? all : all.slice(0, count);
  }
}
