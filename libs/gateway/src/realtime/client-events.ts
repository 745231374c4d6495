import { Injectable } from '@nestjs/common';
import {
  DunlinError,
  invalid,
  LIMITS,
  messageRpc,
  PresenceSubscribeDto,
  ReadConversationDto,
  Relations,
  RpcClient,
  signals,
  SyncConversationDto,
  SyncDto,
  TypingDto,
  EventBus,
  type Caller,
  type ConversationId,
  type MessagePage,
  type Presence,
  type ReadResult,
  type SendResult,
  type SyncResult,
  type UserId,
  type ClientToServerEvents,
} from '@dunlin/contracts';
import { WorkLimiter } from '@dunlin/platform';
import { PresenceSubscriptions } from '../presence/presence-subscriptions.js';
import { validated } from '../http/validation.js';
import type { ImSocket } from './im-socket.js';
import { Sends } from './sends.js';

/** Reads of one connection that run at a time: their answers are large, and may have to wait for a slow reader. */
const READS_AT_A_TIME = 4;
const READS_WAITING = 500;

export type ClientEvent = keyof ClientToServerEvents;

/** What each client event does; the one list of them. Payloads are unchecked until here. */
type Handlers = Record<ClientEvent, (socket: ImSocket, payload: unknown) => Promise<unknown>>;

/** The client events of `/im`. */
@Injectable()
export class ClientEvents {
  private readonly handlers: Handlers = {
    'message:send': (socket, payload) => this.send(socket, payload),
    'conversation:sync': (socket, payload) => this.syncConversation(socket, payload),
    sync: (socket, payload) => this.sync(socket, payload),
    'conversation:read': (socket, payload) => this.read(socket, payload),
    typing: (socket, payload) => this.typing(socket, payload),
    'presence:subscribe': (socket, payload) => this.subscribe(socket, payload),
  };
  private readonly byName = new Map(Object.entries(this.handlers));

  constructor(
    private readonly rpc: RpcClient,
    private readonly bus: EventBus,
    private readonly relations: Relations,
    private readonly sends: Sends,
    private readonly subscriptions: PresenceSubscriptions,
  ) {}

  get names(): string[] {
    return [...this.byName.keys()];
  }

  /** @throws DunlinError by the contract, at once or later; `validation_failed` for an event that is not known */
  handle(socket: ImSocket, event: string, payload: unknown): Promise<unknown> {
    const handler = this.byName.get(event);
    if (!handler) throw invalid('event', 'is not known');
    return handler(socket, payload);
  }

  isKnown(event: string): boolean {
    return this.byName.has(event);
  }

  private send(socket: ImSocket, payload: unknown): Promise<SendResult> {
    return this.sends.fromSocket(socket, payload);
  }

  private async syncConversation(socket: ImSocket, payload: unknown): Promise<MessagePage> {
    const { conversationId, afterSeq, limit } = validated(SyncConversationDto, payload);
    const range = { afterSeq };
    const data = { conversationId: conversationId as ConversationId, range, limit: limit ?? LIMITS.history.default };
    return this.inTurn(socket, (caller) => this.rpc.call(messageRpc.history, data, { caller }));
  }

  private async sync(socket: ImSocket, payload: unknown): Promise<SyncResult> {
    const { cursors } = validated(SyncDto, payload);
    return this.inTurn(socket, (caller) => this.rpc.call(messageRpc.sync, { cursors }, { caller }));
  }

  /** @throws DunlinError `busy` when too many wait */
  private inTurn<T>(socket: ImSocket, read: (caller: Caller) => Promise<T>): Promise<T> {
    const reads = (socket.data.reads ??= new WorkLimiter(READS_AT_A_TIME, READS_WAITING));
    return reads.run(1, () => {
      // nobody is there any more to read it
      if (!socket.connected) throw new DunlinError('unavailable');
      return read(socket.data.caller);
    });
  }

  private async read(socket: ImSocket, payload: unknown): Promise<ReadResult> {
    const { conversationId, seq } = validated(ReadConversationDto, payload);
    return this.rpc.call(
      messageRpc.read,
      { conversationId: conversationId as ConversationId, seq, originSocketId: socket.id },
      { caller: socket.data.caller },
    );
  }

  private async typing(socket: ImSocket, payload: unknown): Promise<Record<string, never>> {
    const { conversationId, active } = validated(TypingDto, payload);
    const { caller } = socket.data;
    const id = conversationId as ConversationId;
    if (await this.mayDisturb(id, caller)) {
      const { userId } = caller;
      await this.bus.publish(signals.typing, { conversationId: id, userId, active, originSocketId: socket.id });
    }
    return {};
  }

  /** A member of the group, or a friend. @throws DunlinError `not_found` to strangers */
  private async mayDisturb(id: ConversationId, caller: Caller): Promise<boolean> {
    const { members } = await this.rpc.call(messageRpc.audience, { conversationId: id }, { caller });
    if (id.startsWith('g')) return true;
    const peer = members.find((member) => member.userId !== caller.userId);
    return peer !== undefined && this.relations.areFriends(caller.userId, peer.userId);
  }

  private async subscribe(socket: ImSocket, payload: unknown): Promise<Record<string, Presence>> {
    const { userIds } = validated(PresenceSubscribeDto, payload);
    return this.subscriptions.subscribe(socket.id, socket.data.caller.userId, userIds as UserId[]);
  }
}
