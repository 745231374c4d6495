import type { Message, SendResult, User } from '@dunlin/contracts/wire';
import { bodyOf } from './conversations/chat-message.js';
import { ChatCache } from './conversations/chat-cache.js';
import { CatchUp } from './conversations/catch-up.js';
import { ChatStore } from './conversations/chat-store.js';
import type { ChatViews } from './conversations/chat-views.js';
import { ReadMarks } from './conversations/read-marks.js';
import { DunlinError } from './errors/dunlin-error.js';
import type { ClientEvents } from './events/client-events.js';
import type { Emitter } from './events/emitter.js';
import { upload } from './media/upload.js';
import type { DunlinOptions } from './options.js';
import { conversationOf } from './outbox/lanes.js';
import type { OutboxEntry } from './outbox/outbox-entry.js';
import { OutboxStore } from './outbox/outbox-store.js';
import { Outbox } from './outbox/outbox.js';
import { Ownership } from './outbox/ownership.js';
import type { Channel } from './platform/channel.js';
import type { Locks } from './platform/locks.js';
import type { Storage } from './storage/storage.js';
import { Connection } from './transport/connection.js';
import type { Http, TokenSource } from './transport/http.js';

export interface AccountPorts {
  readonly http: Http;
  readonly tokens: TokenSource;
  /** The account's part of it. */
  readonly storage: Storage;
  readonly locks: Locks;
  readonly channel: Channel;
  readonly events: Emitter<ClientEvents>;
  readonly views: ChatViews;
  readonly options: DunlinOptions;
  /** What waits or has failed has changed. */
  outboxChanged(): void;
  /** A conversation is none of the person's any more. */
  lost(conversationId: string): void;
}

/** Everything that runs while one person is signed in: connection, conversations and outbox, joined. */
export class Account {
  readonly connection: Connection;
  readonly chats: ChatStore;
  readonly outbox: Outbox;
  readonly readMarks: ReadMarks;
  readonly catchUp: CatchUp;
  private readonly cache: ChatCache;
  private readonly outboxStore: OutboxStore;
  /** Conversations that are being asked for, since something of theirs failed. */
  private readonly finding = new Set<string>();
  private closed = false;

  constructor(
    readonly user: User,
    private readonly ports: AccountPorts,
  ) {
    const { http, tokens, storage, locks, channel, events, views, options } = ports;
    const { backoff } = options;
    this.connection = new Connection(http.origin, tokens, {
      ackTimeoutMs: options.ackTimeoutMs ?? 10_000,
      backoff,
      transports: options.transports,
    });
    this.cache = new ChatCache(storage, options.cachedMessages ?? 100);
    this.chats = new ChatStore(http, this.cache, {
      me: user.id,
      events,
      views,
      confirmed: (message) => this.confirmed(message),
      behind: (chat) => this.catchUp.behind(chat),
      awaitsOwn: ({ id }) => this.outbox.isSending(id),
      insist: (ask) => this.catchUp.insist(ask),
      listed: () => {
        for (const { lane, status } of this.outbox.all) if (status === 'failed') void this.find(lane);
      },
      lost: (id) => {
        this.outbox.drop(id);
        ports.lost(id);
      },
    });
    this.readMarks = new ReadMarks(
      this.connection,
      (chat) => this.chats.touched(chat),
      ({ id }) => this.chats.recount(id),
    );
    this.catchUp = new CatchUp(http, this.connection, this.chats, { maxMissed: options.maxMissed ?? 1000, backoff });
    this.outboxStore = new OutboxStore(storage, () => ports.outboxChanged());
    this.outbox = new Outbox(
      this.outboxStore,
      new Ownership(user.id, locks, channel),
      {
        online: () => this.connection.online,
        conversationOf: (target) => conversationOf(target, user.id),
        newestOf: (conversationId) => this.chats.get(conversationId)?.end,
        send: (payload) => this.connection.request('message:send', payload),
        upload: ({ blob, name }, progress) => upload(http, blob, { name, ...progress }),
        stored: (entry, result) => this.stored(entry, result),
        failed: ({ clientMsgId }, error) => events.emit('message:failed', { key: clientMsgId, error }),
        refused: (conversationId) => void this.find(conversationId),
        changed: (conversationId) => this.outboxChanged(conversationId),
      },
      backoff,
    );
    this.listen();
  }

  /** What the storage has is there when this resolves; the connection is on its way. */
  async start(): Promise<void> {
    // a cache that cannot be read is fetched anew
    await this.chats.restore().catch(() => undefined);
    if (this.closed) return;
    this.connection.start();
    await this.outbox.start();
  }

  /** @param keep whether what is not written yet still is */
  async close(keep: boolean): Promise<void> {
    this.closed = true;
    this.connection.stop();
    this.catchUp.stop();
    this.chats.close();
    this.outbox.close();
    if (!keep) await this.cache.close();
    await this.outboxStore.settled();
    if (keep) await this.cache.flush();
    await this.cache.close();
  }

  /** Writes down what waits to be. */
  async flush(): Promise<void> {
    await Promise.all([this.cache.flush(), this.outboxStore.settled()]);
  }

  /** Fetches what is missing without waiting for the end of a pause. */
  reload(): void {
    if (this.connection.online) void this.catchUp.start();
    else this.connection.hurry();
  }

  /** What waits or has failed in a conversation, in order. */
  entriesOf(conversationId: string): OutboxEntry[] {
    return this.outbox.of(conversationId);
  }

  private listen(): void {
    const { connection, chats } = this;
    const { events } = this.ports;
    connection.on('up', () => {
      this.outbox.wake();
      this.readMarks.flush(chats.chats());
      void this.catchUp.start();
    });
    connection.state.subscribe(() => {
      if (connection.state.getSnapshot().status !== 'online') this.catchUp.stop();
    });
    connection.on('messages', (messages) => chats.receive(messages));
    connection.on('conversation:read', (payload) => {
      this.wasRead(payload);
      events.emit('conversation:read', payload);
    });
    for (const event of ['friend:request', 'friend:added', 'friend:removed', 'friend:changed'] as const)
      connection.on(event, (payload) => events.emit(event, payload as never));
    connection.on('conversation:updated', ({ conversationId, ...settings }) =>
      chats.settingsChanged(conversationId, settings),
    );
    connection.on('group:updated', (card) => {
      chats.groupUpdated(card);
      events.emit('group:updated', card);
    });
    connection.on('group:joined', (card) => {
      chats.groupUpdated(card);
      events.emit('group:joined', card);
    });
    connection.on('group:left', (payload) => {
      const id = conversationOf({ toGroupId: payload.groupId }, this.user.id);
      const group = chats.get(id)?.conversation.group;
      chats.left(id);
      events.emit('group:left', group ? { ...payload, group } : payload);
    });
    connection.on('group:requests', (payload) => events.emit('group:requests', payload));
    connection.on('profile:updated', (user) => {
      chats.peerUpdated(user);
      events.emit('profile:updated', user);
    });
  }

  private wasRead({ conversationId, userId, seq }: { conversationId: string; userId: string; seq: number }): void {
    const chat = this.chats.get(conversationId);
    if (!chat) return;
    if (userId !== this.user.id) {
      if (chat.othersRead(userId, seq)) this.chats.touched(chat);
      return;
    }
    if (chat.readTo(seq)) this.chats.recount(chat.id);
    this.chats.touched(chat);
  }

  /** The server's ack, as the message that it stands for: one's own socket is not sent it. */
  private stored(entry: OutboxEntry, result: SendResult): void {
    const message = toMessage(entry, result, this.user.id);
    this.chats.receive([message]);
    // its conversation may not be known yet
    this.confirmed(message);
  }

  private confirmed(message: Message): void {
    const key = message.clientMsgId as string;
    if (!this.outbox.get(key)) return;
    this.outbox.confirm(key);
    this.ports.events.emit('message:stored', { key, message });
  }

  /** What failed for a conversation that is not there stands in no timeline, to be retried or discarded. */
  private async find(conversationId: string): Promise<void> {
    if (this.chats.get(conversationId) || this.finding.has(conversationId)) return;
    this.finding.add(conversationId);
    try {
      await this.chats.fetch(conversationId);
    } catch (error) {
      const gone = DunlinError.from(error).code === 'not_found' && !this.chats.get(conversationId);
      if (gone && !this.closed) this.outbox.drop(conversationId);
    } finally {
      this.finding.delete(conversationId);
    }
  }

  private outboxChanged(conversationId: string): void {
    this.ports.outboxChanged();
    if (this.chats.get(conversationId)) this.ports.views.changed(conversationId);
  }
}

function toMessage(entry: OutboxEntry, result: SendResult, senderId: string): Message {
  const { clientMsgId, replyTo } = entry;
  const { messageId: id, conversationId, seq, sentAt } = result;
  const facts = { id, conversationId, seq, senderId, clientMsgId, ...(replyTo ? { replyTo } : {}), sentAt };
  return { ...facts, ...bodyOf(entry) } as Message; // what is stored was uploaded
}
