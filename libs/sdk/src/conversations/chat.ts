import type { Conversation, Message } from '@dunlin/contracts/wire';
import { MessageLog } from './message-log.js';

/** What the storage keeps of a conversation. */
export interface CachedChat {
  conversation: Conversation;
  range: readonly [number, number];
  messages: Message[];
  cursors: Record<string, number>;
  counted: { to: number; unread: number };
  /** How far it was read without the server knowing yet. */
  wantedRead: number;
}

/**
 * One conversation as this device knows it: its log, who has read how far, and what is unread. Facts only move forward, so
 * answers and pushes may come in any order.
 */
export class Chat {
  readonly log: MessageLog;
  private facts: Conversation;
  private others: Readonly<Record<string, number>> = {};
  /** `unread` counts messages up to `to`; what comes after is added. */
  private counted: { to: number; unread: number };
  private uncounted = false;
  /** How far the person has read; told to the server when it can be. */
  wantedRead = 0;

  /** @param head where to follow on from; what lies before is loaded when somebody looks */
  constructor(
    conversation: Conversation,
    private readonly me: string,
    head: number,
  ) {
    this.facts = conversation;
    this.counted = { to: conversation.lastSeq, unread: conversation.unread };
    this.log = new MessageLog(head);
    this.peerRead(conversation);
    if (conversation.lastMessage && head >= conversation.lastSeq) this.log.add(conversation.lastMessage);
  }

  static restore(found: CachedChat, me: string): Chat {
    const cached = found.range[1] > found.conversation.lastSeq ? credible(found) : found;
    const chat = new Chat({ ...cached.conversation, lastMessage: null }, me, cached.range[1]);
    chat.facts = cached.conversation;
    chat.others = cached.cursors;
    chat.counted = cached.counted;
    chat.wantedRead = cached.wantedRead;
    chat.log.restore(cached.range, cached.messages);
    return chat;
  }

  toCache(maxMessages: number): CachedChat {
    const { range, messages } = this.log.tail(maxMessages);
    const { facts: conversation, others: cursors, counted, wantedRead } = this;
    return { conversation, range, messages, cursors, counted, wantedRead };
  }

  get id(): string {
    return this.facts.id;
  }

  /** A new object after every change. */
  get conversation(): Conversation {
    return this.facts;
  }

  /** The seq up to which each of the others is known to have read. */
  get cursors(): Readonly<Record<string, number>> {
    return this.others;
  }

  /** The furthest cursor of somebody else. */
  get readByOthers(): number {
    return Math.max(this.facts.othersReadSeq ?? 0, ...Object.values(this.others));
  }

  /** Whether `unread` is from before the person read on: the log does not reach far enough to tell how many are left. */
  get isUncounted(): boolean {
    return this.uncounted;
  }

  /** Whether the server has more than the log was followed to. */
  get isBehind(): boolean {
    return this.facts.lastSeq > this.log.head || this.log.hasHole;
  }

  /** Where the log goes to at least. */
  get end(): number {
    return Math.max(this.facts.lastSeq, this.log.ranges.at(-1)?.[1] ?? 0);
  }

  /** A page, a card or an answer with the whole conversation. @returns whether unread must be asked for */
  apply(news: Conversation): boolean {
    const newer = news.lastSeq >= this.facts.lastSeq;
    const othersReadSeq = Math.max(news.othersReadSeq ?? 0, this.facts.othersReadSeq ?? 0);
    this.facts = {
      ...news,
      lastMessage: newer ? news.lastMessage : this.facts.lastMessage,
      lastSeq: Math.max(news.lastSeq, this.facts.lastSeq),
      updatedAt: news.updatedAt > this.facts.updatedAt ? news.updatedAt : this.facts.updatedAt,
      readSeq: this.facts.readSeq,
      unread: this.facts.unread,
      ...(othersReadSeq > 0 ? { othersReadSeq } : {}),
    };
    this.peerRead(news);
    return this.applyCount(news);
  }

  /** What `sync` says. @returns whether unread must be asked for */
  applyCount({ lastSeq, readSeq, unread }: { lastSeq: number; readSeq: number; unread: number }): boolean {
    if (lastSeq > this.facts.lastSeq) this.facts = { ...this.facts, lastSeq };
    const localRead = this.facts.readSeq;
    const { to } = this.counted;
    if (lastSeq < to) {
      if (readSeq > localRead) return this.readTo(readSeq);
      const counts = this.uncounted && readSeq === localRead && this.log.covers(lastSeq + 1, to);
      if (counts) this.setUnread(to, unread + this.countFrom(lastSeq + 1, to));
      return false;
    }
    this.facts = { ...this.facts, readSeq };
    this.setUnread(lastSeq, unread);
    return localRead > readSeq && this.readTo(localRead);
  }

  /** The person has read up to here, on this device or another. @returns whether unread must be asked for */
  readTo(seq: number): boolean {
    if (seq <= this.facts.readSeq) return false;
    const { to } = this.counted;
    this.facts = { ...this.facts, readSeq: seq };
    if (seq >= to) this.setUnread(to, 0);
    else if (this.log.covers(seq + 1, to)) this.setUnread(to, this.countFrom(seq + 1, to));
    else this.uncounted = true;
    return this.uncounted;
  }

  /** Somebody else has read up to here. @returns whether that is news */
  othersRead(userId: string, seq: number): boolean {
    if ((this.others[userId] ?? 0) >= seq) return false;
    this.others = { ...this.others, [userId]: seq };
    return true;
  }

  /** Puts messages into the log. @returns those that follow on the head, in order: each is returned once, ever */
  receive(messages: readonly Message[]): Message[] {
    for (const message of messages) this.log.add(message);
    return this.advance();
  }

  /** Takes what now follows on the head. */
  advance(): Message[] {
    const fresh = this.log.advance();
    for (const message of fresh) this.count(message);
    const last = fresh.at(-1);
    if (last && last.seq >= (this.facts.lastMessage?.seq ?? 0)) {
      const updatedAt = last.sentAt > this.facts.updatedAt ? last.sentAt : this.facts.updatedAt;
      this.facts = { ...this.facts, lastMessage: last, lastSeq: Math.max(last.seq, this.facts.lastSeq), updatedAt };
    }
    return fresh;
  }

  update(change: Partial<Conversation>): void {
    this.facts = { ...this.facts, ...change };
  }

  /** What was not told while there was no connection. */
  private peerRead({ peer, peerReadSeq = 0 }: Conversation): void {
    if (peer && peerReadSeq > 0) this.othersRead(peer.id, peerReadSeq);
  }

  private count(message: Message): void {
    const { seq, senderId } = message;
    // who writes has read: the server moves a sender's cursor too
    if (senderId !== this.me) this.othersRead(senderId, message.type === 'system' ? 0 : seq);
    if (seq <= this.counted.to) return;
    if (senderId === this.me && message.type !== 'system') {
      this.facts = { ...this.facts, readSeq: Math.max(seq, this.facts.readSeq) };
      return this.setUnread(seq, 0);
    }
    const unread = this.counted.unread + (this.counts(message) ? 1 : 0);
    this.counted = { to: seq, unread };
    this.facts = { ...this.facts, unread };
  }

  private setUnread(to: number, unread: number): void {
    this.uncounted = false;
    this.counted = { to, unread };
    this.facts = { ...this.facts, unread };
  }

  private countFrom(seq: number, to: number): number {
    return this.log.between([seq, to]).filter((message) => this.counts(message)).length;
  }

  private counts(message: Message): boolean {
    return message.senderId !== this.me && message.type !== 'system' && message.seq > this.facts.readSeq;
  }
}

/**
 * Of a cache that claims more than the conversation has, as one may that was written after a jump past its end: what follows
 * on each other from the first message. Beyond that it does not say what is missing.
 */
function credible({ conversation, messages, ...cached }: CachedChat): CachedChat {
  const { lastSeq } = conversation;
  const first = messages[0]?.seq ?? lastSeq + 1;
  const sure = messages.filter(({ seq }, index) => seq === first + index && seq <= lastSeq);
  return {
    ...cached,
    conversation: { ...conversation, readSeq: Math.min(conversation.readSeq, lastSeq) },
    range: [first, sure.at(-1)?.seq ?? lastSeq],
    messages: sure,
    wantedRead: Math.min(cached.wantedRead, lastSeq),
  };
}
