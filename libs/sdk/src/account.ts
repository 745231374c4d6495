import type { Message, SendResult, SendTarget, User } from '@dunlin/contracts/wire';
import { ChatCache } from './conversations/chat-cache.js';
import { CatchUp } from './conversations/catch-up.js';
import { ChatStore } from './conversations/chat-store.js';
import type { ChatViews } from './conversations/chat-views.js';
import { ReadMarks } from './conversations/read-marks.js';
import type { ClientEvents } from './events/client-events.js';
import type { Emitter } from './events/emitter.js';
import { upload } from './media/upload.js';
import type { DunlinOptions } from './options.js';
import { laneOf, lanesOf } from './outbox/lanes.js';
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
      behind: (chat) => void (this.catchUp.syncing.getSnapshot() || this.catchUp.fill(chat)),
      awaitsOwn: (chat) => lanesOf(chat.conversation).some((lane) => this.outbox.isSending(lane)),
    });
    this.readMarks = new ReadMarks(this.connection, (chat) => this.chats.touched(chat));
    this.catchUp = new CatchUp(http, this.connection, this.chats, { maxMissed: options.maxMissed ?? 1000, backoff });
    this.outboxStore = new OutboxStore(storage);
    this.outbox = new Outbox(
      this.outboxStore,
      new Ownership(user.id, locks, channel),
      {
        online: () => this.connection.online,
        send: (payload) => this.connection.request('message:send', payload),
        upload: ({ blob, name }, progress) => upload(http, blob, { name, ...progress }),
        stored: (entry, result) => this.stored(entry, result),
        failed: ({ clientMsgId }, error) => events.emit('message:failed', { key: clientMsgId, error }),
        changed: (lane) => this.laneChanged(lane),
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
    await this.outbox.start().catch(() => undefined);
  }

  /** @param keep whether what is not written yet still is */
  async close(keep: boolean): Promise<void> {
    this.closed = true;
    this.connection.stop();
    this.catchUp.stop();
    this.outbox.close();
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

  laneOf(target: SendTarget): string {
    return laneOf(target, (id) => this.chats.get(id)?.conversation);
  }

  /** What waits or has failed in a conversation, in order. */
  entriesOf(conversationId: string): OutboxEntry[] {
    const chat = this.chats.get(conversationId);
    const lanes = chat ? lanesOf(chat.conversation) : [`c:${conversationId}`];
    return lanes.flatMap((lane) => this.outbox.of(lane)).sort((a, b) => a.order - b.order);
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
      const chat = chats.findGroup(payload.groupId);
      const group = chat?.conversation.group;
      if (chat) chats.lost(chat.id);
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

  private laneChanged(lane: string): void {
    this.ports.outboxChanged();
    const [kind, id] = [lane.slice(0, 2), lane.slice(2)];
    const chat =
      kind === 'u:' ? this.chats.findDirect(id) : kind === 'g:' ? this.chats.findGroup(id) : this.chats.get(id);
    if (chat) this.ports.views.changed(chat.id);
  }
}

function toMessage(entry: OutboxEntry, result: SendResult, senderId: string): Message {
  const { clientMsgId, type, replyTo } = entry;
  const { messageId: id, conversationId, seq, sentAt } = result;
  const content =
    entry.type === 'text'
      ? { text: entry.text }
      : {
          media: entry.media as NonNullable<typeof entry.media>,
          ...(entry.type === 'file' ? { name: entry.name } : {}),
        };
  return { id, conversationId, seq, senderId, clientMsgId, type, content, ...(replyTo ? { replyTo } : {}), sentAt };
}
