import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Server, type Socket } from 'socket.io';
import { MemoryStorage, type Conversation, type DunlinClient, type Message } from '@dunlin/sdk';
import { closeAllClients, newClient, online, shows, texts, until } from './people.js';

jest.setTimeout(30_000);

type Answer = (answer: object) => void;

/** What no good server does: pushes with holes, twice, in the wrong order; and refusals. It keeps one conversation. */
class UnrulyServer {
  readonly log: Message[] = [];
  readonly asked: string[] = [];
  readonly handshakes: number[] = [];
  refusal: object | undefined;
  /** Holds back the answer to sends. */
  holdAnswers = false;
  private readonly http: HttpServer = createServer();
  private readonly io = new Server(this.http);
  private readonly held: (() => void)[] = [];

  async start(): Promise<void> {
    const im = this.io.of('/im');
    im.use((_socket, next) => {
      this.handshakes.push(Date.now());
      next(this.refusal ? Object.assign(new Error('refused'), { data: this.refusal }) : undefined);
    });
    im.on('connection', (socket) => this.serve(socket));
    this.http.listen(0, '127.0.0.1');
    await once(this.http, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await this.io.close();
  }

  write(senderId: string, more: Partial<Message> = {}): Message {
    const seq = this.log.length + 1;
    const message = {
      id: `m${seq}`,
      conversationId: 'c',
      seq,
      senderId,
      type: 'text',
      content: { text: `number ${seq}` },
      sentAt: new Date(1.8e12 + seq).toISOString(),
      ...more,
    } as Message;
    this.log.push(message);
    return message;
  }

  push(...messages: Message[]): void {
    this.io.of('/im').emit('messages', messages);
  }

  release(): void {
    this.holdAnswers = false;
    for (const answer of this.held.splice(0)) answer();
  }

  /** The HTTP side, as far as a client asks for it. */
  readonly fetch = async (): Promise<Response> => {
    const last = this.log.at(-1) ?? null;
    const conversation: Conversation = {
      id: 'c',
      type: 'direct',
      lastMessage: last,
      lastSeq: last?.seq ?? 0,
      readSeq: 0,
      unread: last?.seq ?? 0,
      muted: false,
      pinned: false,
      updatedAt: '2026-01-01T00:00:00.000Z',
    };
    return Response.json({ items: [conversation], nextCursor: null });
  };

  private serve(socket: Socket): void {
    socket.onAny(
      (event: string, payload: { afterSeq: number; clientMsgId: string; content: { text: string } }, ack: Answer) => {
        this.asked.push(event);
        if (event === 'conversation:sync') {
          const messages = this.log.slice(payload.afterSeq);
          return ack({ ok: true, data: { messages, hasMore: false, lastSeq: this.log.length } });
        }
        if (event !== 'message:send') return ack({ ok: true, data: { conversations: [], more: false } });
        const { clientMsgId, content } = payload;
        const { id: messageId, ...message } = this.write('ann', { clientMsgId, content });
        const answer = (): void => ack({ ok: true, data: { ...message, messageId, duplicate: false } });
        if (this.holdAnswers) this.held.push(answer);
        else answer();
      },
    );
  }
}

describe('With a server that pushes as it likes', () => {
  let server: UnrulyServer;

  beforeEach(async () => {
    server = new UnrulyServer();
    await server.start();
  });
  afterEach(async () => {
    await closeAllClients();
    await server.stop();
  });

  const signedIn = async (): Promise<DunlinClient> => {
    const storage = new MemoryStorage();
    const user = { id: 'ann', username: 'ann', displayName: 'Ann', avatarUrl: null, createdAt: '' };
    await storage.set('session', { user, accessToken: 'a', refreshToken: 'r', expiresAt: Date.now() + 3_600_000 });
    return newClient(server.url, { storage, fetch: server.fetch });
  };
  const connected = async (): Promise<{ client: DunlinClient; told: number[] }> => {
    const client = await signedIn();
    const told: number[] = [];
    client.on('message', ({ seq }) => told.push(seq));
    await online(client);
    return { client, told };
  };

  it('a hole is filled before what lies behind it is shown', async () => {
    const { client, told } = await connected();
    const timeline = client.conversations.open('c');
    server.push(server.write('ben'));
    server.write('ben');
    server.write('ben');
    server.push(server.write('ben'));
    await shows(timeline, ['number 1', 'number 2', 'number 3', 'number 4']);
    expect(told).toEqual([1, 2, 3, 4]);
    expect(server.asked.filter((event) => event === 'conversation:sync')).toHaveLength(1);
    expect(client.conversations.unread.getSnapshot().total).toBe(4);
  });

  it('what comes twice or late is shown once and in order', async () => {
    const { client, told } = await connected();
    const timeline = client.conversations.open('c');
    const [one, two, three] = [server.write('ben'), server.write('ben'), server.write('ben')];
    server.push(three);
    server.push(one, one);
    server.push(two);
    server.push(two, three, one);
    await shows(timeline, ['number 1', 'number 2', 'number 3']);
    expect(texts(timeline)).toHaveLength(3);
    expect(told).toEqual([1, 2, 3]);
    expect(client.conversations.unread.getSnapshot().total).toBe(3);
  });

  it('one’s own message whose answer is late is found in the log, under the same key, and is not shown twice', async () => {
    const { client } = await connected();
    const timeline = client.conversations.open('c');
    server.holdAnswers = true;
    const key = client.messages.send({ conversationId: 'c', text: 'mine' });
    await until({ getSnapshot: () => server.log.length }, (length) => length === 1, 'the send');
    server.push(server.write('ben'));
    await shows(timeline, ['mine', 'number 2']);
    expect(timeline.getSnapshot().messages[0]?.key).toBe(key);
    expect(client.connection.getSnapshot().waiting).toBe(0);
    server.release();
    client.messages.send({ conversationId: 'c', text: 'again' });
    await shows(timeline, ['mine', 'number 2', 'again']);
    expect(texts(timeline)).toHaveLength(3);
  });

  it('a refused handshake is tried again, not before the server has said', async () => {
    server.refusal = { code: 'rate_limited', message: '', retryable: true, retryAfterMs: 700, traceId: 't' };
    const client = await signedIn();
    const { retryAt } = await until(client.connection, ({ status }) => status === 'offline', 'the refusal');
    expect(retryAt).toBeGreaterThan(Date.now());
    server.refusal = undefined;
    await online(client);
    const [first, second] = server.handshakes as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(700);
  });
});
