import { Injectable, Logger } from '@nestjs/common';
import {
  type CommittedMessage,
  type ConversationId,
  type Message,
  type Recipients,
  type UserId,
} from '@dunlin/contracts';
import { currentTraceId, runInTrace } from '@dunlin/platform';
import { Counter, register } from 'prom-client';
import { Audiences, type GroupAudience } from './audiences.js';
import { Connections } from './connections.js';
import { Emitter, type Encoded } from './emitter.js';
import type { EventPayload, ImSocket, ServerEvent } from './im-socket.js';

const REMEMBERED = 10_000;
/** Conversations that may wait for the answer who reads them; past it the events wait, too. */
const WAITING_MAX = 1000;

const delivered = (): Counter =>
  (register.getSingleMetric('dunlin_messages_delivered_total') as Counter | undefined) ??
  new Counter({ name: 'dunlin_messages_delivered_total', help: 'Messages written to sockets' });

const withoutClientId = (message: Message): Message => {
  const { clientMsgId: _own, ...rest } = message;
  return rest;
};

/** Brings what was committed to the sockets of this gateway. */
@Injectable()
export class FanOut {
  private readonly logger = new Logger(FanOut.name);
  /** The newest seq emitted by conversation: a command that Kafka delivered twice is not shown twice. */
  private readonly emitted = new Map<ConversationId, number>();
  /** What has to ask who reads it first, and what of the same conversation must not overtake it. */
  private readonly waiting = new Map<ConversationId, Promise<void>>();
  private readonly delivered = delivered();

  constructor(
    private readonly connections: Connections,
    private readonly audiences: Audiences,
    private readonly emitter: Emitter,
  ) {}

  /**
   * Messages as they were committed. Those of one conversation that have the same readers and come one after the other
   * leave as one packet. Where it is not known who reads a conversation, it waits for the answer, and no other does.
   * @returns when more can be taken; nothing, if that is at once
   */
  committed(messages: readonly CommittedMessage[]): Promise<unknown> | undefined {
    for (const run of runsOf(messages)) {
      const id = conversationOf(run[0] as CommittedMessage);
      this.inOrder(id, () => this.emitRun(id, run));
    }
    return this.waiting.size > WAITING_MAX ? Promise.all(this.waiting.values()) : undefined;
  }

  /** Any other event about a conversation, to those whom it concerns, after the messages before it. */
  toRecipients<E extends ServerEvent>(
    id: ConversationId,
    recipients: Recipients,
    event: E,
    payload: EventPayload<E>,
    except?: { socketId?: string; userId?: UserId },
  ): void {
    this.inOrder(id, () =>
      this.withUsers(id, recipients, (users) => {
        const sockets: ImSocket[] = [];
        for (const userId of users) {
          if (userId !== except?.userId) sockets.push(...this.connections.of(userId));
        }
        this.emitter.emit(sockets, event, payload, except?.socketId);
      }),
    );
  }

  toUsers<E extends ServerEvent>(userIds: Iterable<UserId>, event: E, payload: EventPayload<E>): void {
    const sockets: ImSocket[] = [];
    for (const userId of userIds) sockets.push(...this.connections.of(userId));
    this.emitter.emit(sockets, event, payload);
  }

  /**
   * At once, unless something of this conversation waits already: as in `KeyedLanes`, but without a promise for what need
   * not wait, which is nearly all. Never throws: clients see the hole with the next message, or at their next sync.
   */
  private inOrder(id: ConversationId, work: () => Promise<void> | undefined): void {
    const before = this.waiting.get(id);
    try {
      const running = (before ? before.then(work) : work())?.catch((error: unknown) => this.failed(id, error));
      if (!running) return;
      this.waiting.set(id, running);
      void running.then(() => {
        if (this.waiting.get(id) === running) this.waiting.delete(id);
      });
    } catch (error) {
      this.failed(id, error);
    }
  }

  private failed(conversationId: ConversationId, error: unknown): void {
    this.logger.error('Could not be brought to its readers', { err: error as Error, conversationId });
  }

  private emitRun(id: ConversationId, run: readonly CommittedMessage[]): Promise<void> | undefined {
    const first = run[0] as CommittedMessage;
    const { seq } = first.message;
    if (first.repeated && seq <= (this.emitted.get(id) ?? 0)) return undefined;
    this.audiences.advance(id, first);
    return this.withUsers(
      id,
      first.recipients,
      (users) => {
        this.remember(id, (run[run.length - 1] as CommittedMessage).message.seq);
        this.write(users, run);
      },
      first,
    );
  }

  /** Does its work at once where it is known who reads the conversation, and asks first where it is not. */
  private withUsers(
    id: ConversationId,
    recipients: Recipients,
    work: (users: Iterable<UserId>) => void,
    item?: CommittedMessage,
  ): Promise<void> | undefined {
    if ('userIds' in recipients) {
      work(recipients.userIds);
      return undefined;
    }
    const seq = item?.message.seq ?? Infinity;
    const known = this.audiences.peek(id, recipients.version);
    if (known) {
      work(membersAt(known, seq));
      return undefined;
    }
    return runInTrace(item?.traceId ?? currentTraceId(), () =>
      this.audiences
        .atLeast(id, recipients.version)
        .then((audience) => audience && work(membersAt(audience, seq)))
        .catch((error: unknown) => this.failed(id, error)),
    );
  }

  private write(users: Iterable<UserId>, run: readonly CommittedMessage[]): void {
    const [first] = run as [CommittedMessage];
    const senders = run.length > 1 ? new Set(run.map(({ message }) => message.senderId)) : undefined;
    let shared: Encoded | undefined;
    let written = 0;
    for (const userId of users) {
      const sent = userId === first.message.senderId || senders?.has(userId) === true;
      for (const socket of this.connections.of(userId)) {
        if (sent) {
          written += this.writeToSender(socket, userId, run);
        } else {
          shared ??= this.emitter.encode(
            'messages',
            run.map((item) => withoutClientId(item.message)),
          );
          this.emitter.write(socket, shared);
          written += run.length;
        }
      }
    }
    this.delivered.inc(written);
  }

  /** A sender sees their own clientMsgId, and not again what this very socket has its ack for. */
  private writeToSender(socket: ImSocket, userId: UserId, run: readonly CommittedMessage[]): number {
    const messages = run
      .filter((item) => item.originSocketId !== socket.id || item.message.senderId !== userId)
      .map((item) => (item.message.senderId === userId ? item.message : withoutClientId(item.message)));
    if (messages.length > 0) this.emitter.write(socket, this.emitter.encode('messages', messages));
    return messages.length;
  }

  private remember(id: ConversationId, seq: number): void {
    const known = this.emitted.get(id);
    if (known !== undefined) this.emitted.delete(id);
    this.emitted.set(id, Math.max(known ?? 0, seq));
    if (this.emitted.size > REMEMBERED) this.emitted.delete(this.emitted.keys().next().value as ConversationId);
  }
}

const conversationOf = ({ message }: CommittedMessage): ConversationId => message.conversationId as ConversationId;

/** Messages of one conversation that follow each other there and have the same readers. A repeat stands alone: its readers may have it already. */
function runsOf(messages: readonly CommittedMessage[]): CommittedMessage[][] {
  const runs: CommittedMessage[][] = [];
  const last = new Map<string, CommittedMessage[]>();
  for (const item of messages) {
    const id = conversationOf(item);
    const run = last.get(id);
    if (run && sameReaders(run[0] as CommittedMessage, item)) {
      run.push(item);
    } else {
      const next = [item];
      runs.push(next);
      last.set(id, next);
    }
  }
  return runs;
}

/**
 * Who was there when the message was written. What is known may be of later: then a member may have come since, and a
 * repeat names the state that it was found in.
 */
function* membersAt({ members }: GroupAudience, seq: number): Generator<UserId> {
  for (const [userId, joinedSeq] of members) if (joinedSeq <= seq) yield userId;
}

const sameReaders = (a: CommittedMessage, b: CommittedMessage): boolean => {
  if (a.repeated || b.repeated) return false;
  if ('userIds' in a.recipients) return 'userIds' in b.recipients;
  return 'version' in b.recipients && a.recipients.version === b.recipients.version;
};
