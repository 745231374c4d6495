import { DunlinError } from '@dunlin/contracts';
import { metrics } from '../metrics.js';
import type { OutRecord } from './record.js';

interface Limits {
  /** Records that may wait or be in flight. */
  maxQueued: number;
  /** Of one produce request. */
  maxRecords: number;
  maxBytes: number;
}

const LIMITS: Limits = { maxQueued: 20_000, maxRecords: 1000, maxBytes: 1024 * 1024 };

interface Queued {
  record: OutRecord;
  settled: (error?: unknown) => void;
}

/**
 * Natural batching: what comes while a produce request is in flight leaves together in the next one. There is no timer:
 * a lone record leaves at once, and the more there is to do the larger the batches get. There is one request at a time:
 * more of them make smaller batches, and each costs both ends the same whatever is in it.
 */
export class Coalescer {
  private readonly limits: Limits;
  private queue: Queued[] = [];
  /** A produce request is on its way, or about to be made. */
  private busy = false;
  /** Records that wait or are in flight. */
  private waiting = 0;
  private idle: (() => void)[] = [];
  private readonly unwatch: () => void;

  /** @param send one produce request; rejects when it failed as a whole */
  constructor(
    private readonly send: (records: OutRecord[]) => Promise<void>,
    limits: Partial<Limits> = {},
  ) {
    this.limits = { ...LIMITS, ...limits };
    this.unwatch = metrics.watchQueue(() => this.waiting);
  }

  /**
   * @param settled called once: without an error when the broker has the record
   * @throws DunlinError `busy` at once when too many wait
   */
  push(record: OutRecord, settled: (error?: unknown) => void): void {
    if (this.waiting >= this.limits.maxQueued) throw new DunlinError('busy', { retryAfterMs: 1000 });
    this.waiting++;
    this.queue.push({ record, settled });
    if (this.busy) return;
    this.busy = true;
    // what else this turn of the event loop has to say leaves in the same request
    setImmediate(() => void this.run());
  }

  /** Resolves when nothing waits any more; takes it out of the metrics. */
  async close(): Promise<void> {
    if (this.waiting > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
    this.unwatch();
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.take();
      metrics.batch(batch.length);
      let failure: unknown;
      try {
        await this.send(batch.map(({ record }) => record));
      } catch (error) {
        failure = error;
      }
      this.waiting -= batch.length;
      for (const { settled } of batch) settled(failure);
    }
    this.busy = false;
    if (this.waiting === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  private take(): Queued[] {
    let bytes = 0;
    let count = 0;
    for (const { record } of this.queue) {
      bytes += record.value.length;
      if (count > 0 && (count === this.limits.maxRecords || bytes > this.limits.maxBytes)) break;
      count++;
    }
    const batch = this.queue.slice(0, count);
    this.queue = this.queue.slice(count);
    return batch;
  }
}
