import { io, type Socket } from 'socket.io-client';
import type {
  Ack,
  ClientToServerEvents,
  Message,
  SendPayload,
  SendResult,
  ServerToClientEvents,
  WireError,
} from '@dunlin/contracts/wire';
import { holdAck, holdPushed } from './contract.js';
import { newClientMsgId } from './names.js';
import { noteUse } from './server.js';

type ClientEvent = keyof ClientToServerEvents;
type ServerEvent = keyof ServerToClientEvents;
export type PayloadOf<E extends ServerEvent> = Parameters<ServerToClientEvents[E]>[0];
type Given<E extends ClientEvent> = Parameters<ClientToServerEvents[E]>[0];
type AckOf<E extends ClientEvent> = Parameters<Parameters<ClientToServerEvents[E]>[1]>[0];
type DataOf<E extends ClientEvent> = Extract<AckOf<E>, { ok: true }>['data'];

const WAIT_MS = 15_000;

interface Received {
  event: ServerEvent;
  payload: unknown;
}

const open = new Set<Device>();

/** Ends the connections that a test file has left open. */
export async function closeAllDevices(): Promise<void> {
  await Promise.all([...open].map((device) => device.end()));
}

/** One Socket.IO connection to `/im` and all that it was sent. */
export class Device {
  readonly inbox: Received[] = [];
  /** Why it was closed, if it was. */
  closed: string | undefined;
  /** What was pushed to any of them and is not as the AsyncAPI document says. */
  static readonly undocumented: string[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: Socket) {
    open.add(this);
    socket.onAny((event: ServerEvent, payload: unknown) => {
      noteUse('received', event);
      this.inbox.push({ event, payload });
      try {
        holdPushed(event, payload);
      } catch (error) {
        Device.undocumented.push((error as Error).message);
      }
      this.wake();
    });
    socket.on('connect', () => (this.closed = undefined));
    socket.on('disconnect', (reason) => {
      this.closed = reason;
      this.wake();
    });
  }

  /** @throws ConnectError with the code that the server refused with */
  static async connect(
    base: string,
    token: unknown,
    options: { transports?: string[]; headers?: Record<string, string>; namespace?: string } = {},
  ): Promise<Device> {
    const socket = io(`${base}${options.namespace ?? '/im'}`, {
      auth: token === undefined ? {} : { token },
      transports: options.transports ?? ['websocket'],
      extraHeaders: options.headers,
      forceNew: true,
      reconnection: false,
      timeout: WAIT_MS,
    });
    const device = new Device(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', (error: Error & { data?: WireError }) => {
        device.close();
        reject(new ConnectError(error.data, error.message));
      });
    });
    return device;
  }

  /** The answer to an event, whatever it is. */
  emit<E extends ClientEvent>(event: E, payload: Given<E>): Promise<AckOf<E>> {
    return this.raw(event, payload) as Promise<AckOf<E>>;
  }

  /** Any event with any arguments. @throws Error when it is not answered */
  async raw(event: string, ...args: unknown[]): Promise<Ack<unknown>> {
    const answer = (await this.socket.timeout(WAIT_MS).emitWithAck(event, ...args)) as Ack<unknown>;
    holdAck(event, args[0], answer);
    if (answer.ok) noteUse('sent', event);
    return answer;
  }

  /** The data of an answer that must be good. */
  async ok<E extends ClientEvent>(event: E, payload: Given<E>): Promise<DataOf<E>> {
    const answer = await this.emit(event, payload);
    if (!answer.ok) throw new Error(`${event} was answered ${JSON.stringify(answer.error)}`);
    return answer.data as DataOf<E>;
  }

  /** Sends a text. */
  say(target: Partial<SendPayload>, text: string, clientMsgId = newClientMsgId()): Promise<SendResult> {
    return this.ok('message:send', { clientMsgId, type: 'text', content: { text }, ...target });
  }

  /** The code that a text is refused with. */
  async refused(target: Partial<SendPayload>, text = 'may I?'): Promise<string> {
    const answer = await this.emit('message:send', {
      clientMsgId: newClientMsgId(),
      type: 'text',
      content: { text },
      ...target,
    });
    return answer.ok ? 'ok' : answer.error.code;
  }

  /** All payloads of an event so far. */
  all<E extends ServerEvent>(event: E): PayloadOf<E>[] {
    return this.inbox.filter((one) => one.event === event).map((one) => one.payload as PayloadOf<E>);
  }

  /** The messages so far, in the order of their coming. */
  messages(conversationId?: string): Message[] {
    const all = this.all('messages').flat();
    return conversationId === undefined ? all : all.filter((message) => message.conversationId === conversationId);
  }

  /** The first payload that fits, come or coming. */
  waitFor<E extends ServerEvent>(
    event: E,
    fits: (payload: PayloadOf<E>) => boolean = () => true,
    withinMs = WAIT_MS,
  ): Promise<PayloadOf<E>> {
    return this.until(() => this.all(event).find(fits), `${event}`, withinMs);
  }

  waitForMessage(fits: (message: Message) => boolean): Promise<Message> {
    return this.until(() => this.messages().find(fits), 'messages');
  }

  waitForText(text: string): Promise<Message> {
    return this.waitForMessage((message) => 'text' in message.content && message.content.text === text);
  }

  /** Waits until the server has closed this connection. */
  async waitForClose(): Promise<string> {
    return this.until(() => this.closed, 'the end of the connection');
  }

  /**
   * After this, everything that the server had sent on this connection has arrived: it is answered behind it. What must
   * not come has then not come.
   */
  async settle(): Promise<void> {
    await this.ok('presence:subscribe', { userIds: [] });
  }

  close(): void {
    open.delete(this);
    this.socket.close();
  }

  /** Closes it and waits until nothing of it is under way: polling says goodbye in a request of its own. */
  async end(): Promise<void> {
    const engine = this.socket.io.engine as { readyState: string; once(event: 'close', then: () => void): void };
    const over = new Promise<void>((resolve) => engine.once('close', resolve));
    const wasOpen = engine.readyState !== 'closed';
    this.close();
    if (wasOpen) await over;
  }

  private async until<T>(find: () => T | undefined, what: string, withinMs = WAIT_MS): Promise<T> {
    const there = find();
    if (there !== undefined) return there;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        const came = this.inbox.map(({ event, payload }) => `${event} ${JSON.stringify(payload)?.slice(0, 200)}`);
        reject(new Error(`${what} did not come within ${withinMs / 1000} s. What came:\n${came.join('\n')}`));
      }, withinMs);
      this.waiting.add(look);
    });
  }

  private wake(): void {
    for (const look of [...this.waiting]) look();
  }
}

/** A refused handshake. */
export class ConnectError extends Error {
  constructor(
    readonly data: WireError | undefined,
    message: string,
  ) {
    super(message);
  }
}
