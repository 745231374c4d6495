import { OffsetTracker, type Ticket } from './offset-tracker.js';
import type { AfterCommit } from './record.js';

/** Where a consumer is in one partition, and what waits until the broker knows that. */
export class Place {
  readonly tracker: OffsetTracker;
  /** Too much is in work: nothing is fetched. */
  paused = false;
  private committed: number;
  private held: { offset: number; go: AfterCommit }[] = [];

  /** @param next the offset to begin with, which the broker has or is not told */
  constructor(
    readonly topic: string,
    readonly partition: number,
    next: number,
  ) {
    this.tracker = new OffsetTracker(next);
    this.committed = next;
  }

  /** More has finished than the broker knows. */
  get isAhead(): boolean {
    return this.tracker.position > this.committed;
  }

  /** Something waits for a commit. */
  get isHolding(): boolean {
    return this.held.length > 0;
  }

  begin(offset: number): Ticket {
    // a topic that was made anew begins anew
    if (offset < this.committed) this.committed = offset;
    return this.tracker.begin(offset);
  }

  /** @param go called when the broker knows that the record is done */
  finish(ticket: Ticket, go?: AfterCommit | void): void {
    this.tracker.finish(ticket);
    if (go) this.held.push({ offset: ticket.offset, go });
  }

  /** The broker knows this position. */
  commit(position: number): void {
    this.committed = position;
    if (!this.isHolding) return;
    const { held } = this;
    this.held = held.filter(({ offset }) => offset >= position);
    for (const { offset, go } of held) if (offset < position) go();
  }
}
