import type { MessageLog } from './message-log.js';
import type { Range } from './ranges.js';

/**
 * The part of a log that a timeline shows: within one run without a hole, and not much more than `size` messages, however
 * far somebody goes. What has been let go of stays in the log for the way back.
 */
export class LogWindow {
  /** A seq within the run; null: the newest end. */
  private anchor: number | null = null;
  /** 1: from where the run begins. */
  private low = 1;
  /** Infinity: to where the run ends, also when it grows. */
  private high = Infinity;

  constructor(private readonly size: number) {}

  /** What is shown. With nothing in it, its end lies before its begin. */
  range(log: MessageLog): Range {
    const [from, to] = this.run(log);
    return [Math.max(from, this.low), Math.min(to, this.high)];
  }

  /** Whether it shows the newest, and what comes. */
  isLatest(log: MessageLog): boolean {
    return this.range(log)[1] === log.head;
  }

  /** Whether there is more of the run before it, or after it, that is known already. */
  knowsBeyond(log: MessageLog): { older: boolean; newer: boolean } {
    const [from, to] = this.run(log);
    const [low, high] = this.range(log);
    return { older: from < low, newer: to > high };
  }

  toLatest(log: MessageLog): void {
    this.anchor = null;
    this.high = Infinity;
    this.startAt(log, log.head + 1, this.size);
  }

  /** Stays where it is if `seq` is in it. */
  toAround(log: MessageLog, seq: number): void {
    const [low, high] = this.range(log);
    this.anchor = seq;
    if (low <= seq && seq <= high) return;
    this.startAt(log, seq, this.size / 2);
    this.endAt(log, seq + this.size / 2);
  }

  /** Lets go of the newest beyond its size. @returns what it then begins with */
  cutNewer(log: MessageLog): number {
    const [low, high] = this.range(log);
    if (high - low >= this.size) {
      this.high = low + this.size - 1;
      // what is shown does not move when the newest does
      this.anchor = low;
    }
    return low;
  }

  /** Ends where it ends now: what comes is beyond it. */
  holdNewer(log: MessageLog): void {
    const [low, high] = this.range(log);
    this.high = high;
    this.anchor = low;
  }

  /** Lets go of the oldest beyond its size. @returns what it ends with */
  cutOlder(log: MessageLog): number {
    const [low, high] = this.range(log);
    if (high - low >= this.size) this.low = high - this.size + 1;
    return high;
  }

  /** @param from what it began with */
  growOlder(log: MessageLog, from: number, count: number): void {
    if (this.low > 1) this.startAt(log, from, count);
  }

  /** @param to what it ended with */
  growNewer(log: MessageLog, to: number, count: number): void {
    if (this.high !== Infinity) this.endAt(log, to + count);
  }

  private run(log: MessageLog): Range {
    const at = this.anchor ?? log.head;
    const range = log.around(at) ?? [at + 1, at];
    return range[0] <= log.head && log.head <= range[1] ? [range[0], log.head] : range;
  }

  private startAt(log: MessageLog, seq: number, countBefore: number): void {
    const from = log.back(seq, countBefore);
    this.low = log.has(from - 1) ? from : 1;
  }

  private endAt(log: MessageLog, seq: number): void {
    this.high = seq;
    if (seq >= this.run(log)[1]) this.high = Infinity;
  }
}
