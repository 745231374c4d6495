import type { Message, MessagePage } from '@dunlin/contracts/wire';
import { Ranges, type Range } from './ranges.js';

/**
 * What is known of one conversation's log: messages by seq, and which seqs are known for sure. `head` is the end of what
 * was followed without a hole; everything up to it has been told to listeners, once.
 */
export class MessageLog {
  private readonly messages = new Map<number, Message>();
  private known = new Ranges();
  private followed: number;

  constructor(head: number) {
    this.followed = head;
  }

  get head(): number {
    return this.followed;
  }

  /** How many messages are held. */
  get size(): number {
    return this.messages.size;
  }

  get ranges(): readonly Range[] {
    return this.known.all;
  }

  get(seq: number): Message | undefined {
    return this.messages.get(seq);
  }

  has(seq: number): boolean {
    return this.known.around(seq) !== undefined;
  }

  covers(from: number, to: number): boolean {
    return this.known.covers(from, to);
  }

  /** Everything around `seq` that is known without a hole. */
  around(seq: number): Range | undefined {
    return this.known.around(seq);
  }

  /** Ascending. */
  between([from, to]: Range): Message[] {
    const found: Message[] = [];
    if (to - from > this.messages.size) {
      for (const message of this.messages.values()) if (message.seq >= from && message.seq <= to) found.push(message);
      return found.sort((a, b) => a.seq - b.seq);
    }
    for (let seq = from; seq <= to; seq++) {
      const message = this.messages.get(seq);
      if (message) found.push(message);
    }
    return found;
  }

  /** One message that was pushed or acked. @returns whether it was new */
  add(message: Message): boolean {
    const had = this.messages.has(message.seq);
    if (!had) this.messages.set(message.seq, message);
    this.known.add(message.seq, message.seq);
    return !had;
  }

  /** An answer to `afterSeq`: what it leaves out does not exist for this reader. */
  addAfter(afterSeq: number, page: MessagePage): void {
    for (const message of page.messages) this.add(message);
    const last = page.messages.at(-1)?.seq ?? afterSeq;
    this.known.add(afterSeq + 1, page.hasMore ? last : Math.max(last, page.lastSeq));
  }

  /** An answer to `beforeSeq`, or to neither with `lastSeq + 1`. It says nothing of what is beyond its own end. */
  addBefore(beforeSeq: number, page: MessagePage): void {
    for (const message of page.messages) this.add(message);
    const first = page.messages.reduce((min, { seq }) => Math.min(min, seq), beforeSeq);
    this.known.add(page.hasMore ? first : 1, Math.min(beforeSeq - 1, page.lastSeq));
  }

  /** Follows on from the head as far as there is no hole. @returns what came by that, in order */
  advance(): Message[] {
    const range = this.known.around(this.followed + 1);
    if (!range) return [];
    const from = this.followed + 1;
    this.followed = range[1];
    return this.between([from, range[1]]);
  }

  /** Gives up following from where it was: what lies between is loaded when somebody looks. */
  jump(head: number): void {
    this.followed = Math.max(this.followed, head);
  }

  /** Whether something is known beyond a hole. */
  get hasHole(): boolean {
    const last = this.known.all.at(-1);
    return last !== undefined && last[1] > this.followed;
  }

  /** Where the `count` messages before `seq` begin; where the run begins, if it has no more of them. */
  back(seq: number, count: number): number {
    const [low] = this.known.around(seq - 1) ?? [seq];
    // mostly there are no gaps; where there are, they may be long
    let before = this.between([Math.max(low, seq - 1 - count), seq - 1]);
    if (before.length <= count) before = this.between([low, seq - 1]);
    return before.length > count ? (before[before.length - count]?.seq ?? seq) : low;
  }

  /** The newest at most `count` messages up to the head, with the range that they cover. */
  tail(count: number): { range: Range; messages: Message[] } {
    const range = [this.back(this.followed + 1, count), this.followed] as const;
    return { range, messages: this.between(range) };
  }

  /** Keeps the newest at most `count`, and what is beyond the head. */
  trim(count: number): void {
    const { range } = this.tail(count);
    for (const seq of [...this.messages.keys()]) if (seq < range[0]) this.messages.delete(seq);
    this.known.cut(range[0]);
  }

  restore(range: Range, messages: Message[]): void {
    for (const message of messages) this.messages.set(message.seq, message);
    this.known.add(range[0], range[1]);
    this.followed = Math.max(this.followed, range[1]);
  }
}
