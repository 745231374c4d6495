import { Injectable, Logger } from '@nestjs/common';
import {
  type CommittedMessage,
  type ConversationId,
  type Message,
  type Recipients,
  type UserId,
} from '@dunlin/contracts';
import { Counter, register } from 'prom-client';
import { Audiences, type GroupAudience } from './audiences.js';
import { Connections } from './connections.js';
import { Emitter, type Encoded } from './emitter.js';
import type { EventPayload, ImSocket, ServerEvent } from './im-socket.js';

const REMEMBERED = 10_000;

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
  private readonly delivered = delivered();

  constructor(
    private readonly connections: Connections,
    private readonly audiences: Audiences,
    private readonly emitter: Emitter,
  ) {}

  /** One commit's messages of one conversation. Those with the same readers leave as one packet. */
  async committed(id: ConversationId, messages: readonly CommittedMessage[]): Promise<void> {
    const news = messages.filter((item) => !(item.repeated && item.message.seq <= (this.emitted.get(id) ?? 0)));
    let run: CommittedMessage[] = [];
    for (const item of news) {
      if (run.length > 0 && !sameReaders(run[0] as CommittedMessage, item)) {
        await this.emitRun(id, run);
        run = [];
      }
      run.push(item);
    }
    if (run.length > 0) await this.emitRun(id, run);
  }

  /** Any other event about a conversation, to those whom it concerns. */
  async toRecipients<E extends ServerEvent>(
    id: ConversationId,
    recipients: Recipients,
    event: E,
    payload: EventPayload<E>,
    except?: { socketId?: string; userId?: UserId },
  ): Promise<void> {
    const users = await this.usersOf(id, recipients);
    const sockets: ImSocket[] = [];
    for (const userId of users) {
      if (userId !== except?.userId) sockets.push(...this.connections.of(userId));
    }
    this.emitter.emit(sockets, event, payload, except?.socketId);
  }

  toUsers<E extends ServerEvent>(userIds: Iterable<UserId>, event: E, payload: EventPayload<E>): void {
    const sockets: ImSocket[] = [];
    for (const userId of userIds) sockets.push(...this.connections.of(userId));
    this.emitter.emit(sockets, event, payload);
  }

  private async emitRun(id: ConversationId, run: readonly CommittedMessage[]): Promise<void> {
    const first = run[0] as CommittedMessage;
    this.audiences.advance(id, first);
    let users: Iterable<UserId>;
    try {
      users = await this.usersOf(id, first.recipients, first);
    } catch (error) {
      // Clients see the hole with the next message, or at their next sync.
      this.logger.error('Could not learn who reads a message', { err: error as Error, conversationId: id });
      return;
    }
    this.remember(id, (run[run.length - 1] as CommittedMessage).message.seq);
    this.write(users, run);
  }

  private async usersOf(
    id: ConversationId,
    recipients: Recipients,
    item?: CommittedMessage,
  ): Promise<Iterable<UserId>> {
    if ('userIds' in recipients) return new Set(recipients.userIds);
    const { version } = recipients;
    const audience = this.audiences.peek(id, version) ?? (await this.audiences.atLeast(id, version));
    if (!audience) return [];
    return item === undefined ? audience.members.keys() : membersAt(audience, item.message.seq);
  }

  private write(users: Iterable<UserId>, run: readonly CommittedMessage[]): void {
    const senders = new Set(run.map((item) => item.message.senderId));
    let shared: Encoded | undefined;
    let written = 0;
    for (const userId of users) {
      for (const socket of this.connections.of(userId)) {
        if (senders.has(userId)) {
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
