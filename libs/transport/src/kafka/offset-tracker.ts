/** One record that is being worked on. */
export interface Ticket {
  readonly offset: number;
  finished: boolean;
}

/**
 * How far one partition is, when its records finish in any order: everything before {@link position} has finished.
 * Offsets are numbers: 2^53 records is more than a partition will see.
 */
export class OffsetTracker {
  /** In the order of their offsets; those before `head` have finished. */
  private tickets: Ticket[] = [];
  private head = 0;
  private running = 0;
  private nextOffset: number;

  /** @param next the first offset that will come, or any smaller one */
  constructor(next: number) {
    this.nextOffset = next;
  }

  /** The offset to fetch next: one after the last that came. */
  get next(): number {
    return this.nextOffset;
  }

  /** The offset to commit: the first one that has not finished. */
  get position(): number {
    return this.tickets[this.head]?.offset ?? this.nextOffset;
  }

  /** Records begun and neither finished nor abandoned. */
  get inFlight(): number {
    return this.running;
  }

  /** Takes a record. One before its time means that the topic was made anew: everything starts over with it. */
  begin(offset: number): Ticket {
    if (offset < this.nextOffset) {
      this.tickets = [];
      this.head = 0;
    }
    this.nextOffset = offset + 1;
    this.running++;
    const ticket: Ticket = { offset, finished: false };
    this.tickets.push(ticket);
    return ticket;
  }

  finish(ticket: Ticket): void {
    this.running--;
    ticket.finished = true;
    while (this.tickets[this.head]?.finished) this.head++;
    if (this.head === this.tickets.length) {
      this.tickets = [];
      this.head = 0;
    } else if (this.head > 1024 && this.head * 2 > this.tickets.length) {
      this.tickets = this.tickets.slice(this.head);
      this.head = 0;
    }
  }

  /** It will not finish here: the position stays before it. */
  abandon(): void {
    this.running--;
  }
}
