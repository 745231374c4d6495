import { Injectable } from '@nestjs/common';
import {
  DunlinError,
  EventBus,
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
  type Caller,
  type ClientToServerEvents,
  type ConversationId,
  type MessagePage,
  type Presence,
  type ReadResult,
  type SyncResult,
  type UserId,
} from '@dunlin/contracts';
import { Clock, runInTrace, WorkLimiter } from '@dunlin/platform';
import { costOfMessages } from '../limits/page-cost.js';
import { RateLimits } from '../limits/rate-limits.js';
import { CURSORS_PER_EVENT, PEOPLE_PER_EVENT } from '../limits/rules.js';
import { PresenceSubscriptions } from '../presence/presence-subscriptions.js';
import { validated } from '../http/validation.js';
import type { Arrival } from './arrival.js';
import type { ImSocket } from './im-socket.js';
import { Sends } from './sends.js';
import { Turnstile } from './turnstile.js';

/** Reads of one connection that run at a time: their answers are large, and may have to wait for a slow reader. */
const READS_AT_A_TIME = 4;
const READS_WAITING = 500;

type Handler = (arrival: Arrival) => void;

const answered =
  (work: (socket: ImSocket, payload: unknown) => Promise<unknown>) =>
  ({ socket, payload, traceId, settle }: Arrival): void =>
    runInTrace(traceId, () => {
      work(socket, payload).then(
        (result) => settle(undefined, result),
        (error: unknown) => settle(DunlinError.from(error)),
      );
    });

/** The client events of `/im`. */
@Injectable()
export class ClientEvents {
  /** What each does; the one list of them. */
  private readonly handlers: Record<keyof ClientToServerEvents, Handler> = {
    'message:send': (arrival) => this.sends.fromSocket(arrival),
    'conversation:sync': answered((socket, payload) => this.syncConversation(socket, payload)),
    sync: answered((socket, payload) => this.sync(socket, payload)),
    'conversation:read': answered((socket, payload) => this.read(socket, payload)),
    typing: answered((socket, payload) => this.typing(socket, payload)),
    'presence:subscribe': answered((socket, payload) => this.subscribe(socket, payload)),
  };
  private readonly byName = new Map<string, Handler>(Object.entries(this.handlers));

  constructor(
    private readonly rpc: RpcClient,
    private readonly bus: EventBus,
    private readonly relations: Relations,
    private readonly sends: Sends,
    private readonly subscriptions: PresenceSubscriptions,
    private readonly limits: RateLimits,
    private readonly turnstile: Turnstile,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns what an event does; it throws a DunlinError at once, or settles with one
   * @throws DunlinError for an event that there is not
   */
  handlerOf(event: string): Handler {
    const handler = this.byName.get(event);
    if (!handler) throw invalid('event', 'is not known');
    return handler;
  }

  private async syncConversation(socket: ImSocket, payload: unknown): Promise<MessagePage> {
    const { conversationId, afterSeq, limit } = validated(SyncConversationDto, payload);
    const range = { afterSeq };
    const data = { conversationId: conversationId as ConversationId, range, limit: limit ?? LIMITS.history.default };
    return this.limited(socket, async (caller) => {
      const page = await this.rpc.call(messageRpc.history, data, { caller });
      this.limits.socketEvent.spend(caller.userId, costOfMessages(page.messages));
      return page;
    });
  }

  private async sync(socket: ImSocket, payload: unknown): Promise<SyncResult> {
    const { cursors } = validated(SyncDto, payload);
    this.countMore(socket, Object.keys(cursors).length / CURSORS_PER_EVENT);
    return this.limited(socket, (caller) => this.rpc.call(messageRpc.sync, { cursors }, { caller }));
  }

  /** @throws DunlinError `rate_limited` */
  private countMore({ data }: ImSocket, events: number): void {
    if (events >= 1) this.limits.socketEvent.take(data.caller.userId, Math.floor(events));
  }

  /** @throws DunlinError `busy` when too many wait */
  private limited<T>(socket: ImSocket, read: (caller: Caller) => Promise<T>): Promise<T> {
    const reads = (socket.data.reads ??= new WorkLimiter(READS_AT_A_TIME, READS_WAITING));
    return reads.run(1, async () => {
      await this.turnstile.pass();
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

  /** A member of the group who may write there, or a friend. @throws DunlinError `not_found` to strangers */
  private async mayDisturb(id: ConversationId, caller: Caller): Promise<boolean> {
    const record = await this.rpc.call(messageRpc.getConversation, { conversationId: id }, { caller });
    if (record.peerId !== undefined) return this.relations.areFriends(caller.userId, record.peerId);
    return record.silencedUntil === undefined || Date.parse(record.silencedUntil) <= this.clock.now();
  }

  private async subscribe(socket: ImSocket, payload: unknown): Promise<Record<string, Presence>> {
    const { userIds } = validated(PresenceSubscribeDto, payload);
    this.countMore(socket, userIds.length / PEOPLE_PER_EVENT);
    return this.subscriptions.subscribe(socket.id, socket.data.caller.userId, userIds as UserId[]);
  }
}
