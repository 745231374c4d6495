import { io, type Socket } from 'socket.io-client';
import type { Ack, ClientToServerEvents, ServerToClientEvents, WireError } from '@dunlin/contracts/wire';
import { DunlinError, isTokenRefused } from '../errors/dunlin-error.js';
import { Emitter } from '../events/emitter.js';
import { browser } from '../platform/browser.js';
import { Value, type Observable } from '../store/observable.js';
import { Backoff, type BackoffOptions } from './backoff.js';
import type { TokenSource } from './http.js';

type Event = keyof ClientToServerEvents;
type Given<E extends Event> = Parameters<ClientToServerEvents[E]>[0];
type AckOf<E extends Event> = Parameters<Parameters<ClientToServerEvents[E]>[1]>[0];
export type Answer<E extends Event> = Extract<AckOf<E>, { ok: true }>['data'];

export type ConnectionStatus = 'stopped' | 'connecting' | 'online' | 'offline';

export interface LinkState {
  readonly status: ConnectionStatus;
  /** When the next attempt is made, in milliseconds since 1970; null when none is waited for. */
  readonly retryAt: number | null;
}

type PayloadOf<F> = F extends (payload: infer P) => void ? P : never;
export type PushEvents = { [E in keyof ServerToClientEvents]: PayloadOf<ServerToClientEvents[E]> } & {
  /** Every time that the connection has come up. */
  up: undefined;
  /** The tokens are refused for good. */
  ended: DunlinError;
};

export interface ConnectionOptions {
  ackTimeoutMs: number;
  backoff?: BackoffOptions;
  transports?: ('websocket' | 'polling')[];
}

const PUSHED: readonly (keyof ServerToClientEvents)[] = [
  'messages',
  'conversation:read',
  'typing',
  'presence',
  'friend:request',
  'friend:added',
  'friend:removed',
  'friend:changed',
  'group:updated',
  'group:joined',
  'group:left',
  'group:requests',
  'user:updated',
  'profile:updated',
  'conversation:updated',
  'session:revoked',
];

/** A connection that lasted this long was a good one: the next pause is short again. Milliseconds. */
const PROVEN_MS = 5000;

/**
 * The socket on `/im`. It is brought back by this class, not by Socket.IO, which would neither honour `retryAfterMs`
 * nor come back after a refusal.
 */
export class Connection extends Emitter<PushEvents> {
  private readonly socket: Socket;
  private readonly link = new Value<LinkState>({ status: 'stopped', retryAt: null });
  private readonly backoff: Backoff;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wanted = false;
  private attempt = 0;
  private upSince = 0;
  private token = '';
  private openedBy: string | undefined;
  private refusedToken = '';

  constructor(
    origin: string,
    private readonly tokens: TokenSource,
    private readonly options: ConnectionOptions,
  ) {
    super();
    this.backoff = new Backoff(options.backoff);
    this.socket = io(`${origin}/im`, {
      autoConnect: false,
      forceNew: true,
      reconnection: false,
      timeout: options.ackTimeoutMs,
      transports: options.transports ?? ['websocket', 'polling'],
      tryAllTransports: true,
    });
    for (const event of PUSHED) this.socket.on(event, (payload: unknown) => this.emit(event, payload as never));
    this.socket.on('connect', () => this.connected());
    this.socket.on('connect_error', (error: Error & { data?: WireError }) => this.refused(error));
    this.socket.on('disconnect', () => this.lost());
  }

  get state(): Observable<LinkState> {
    return this.link;
  }

  get online(): boolean {
    return this.socket.connected;
  }

  /** The session with whose token it was opened. */
  get sessionId(): string | undefined {
    return this.openedBy;
  }

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    browser.window?.addEventListener('online', this.hurry);
    browser.window?.addEventListener('offline', this.cut);
    browser.document?.addEventListener('visibilitychange', this.hurry);
    void this.connect();
  }

  stop(): void {
    this.wanted = false;
    this.attempt++;
    clearTimeout(this.timer);
    browser.window?.removeEventListener('online', this.hurry);
    browser.window?.removeEventListener('offline', this.cut);
    browser.document?.removeEventListener('visibilitychange', this.hurry);
    this.socket.disconnect();
    this.backoff.reset();
    this.link.set({ status: 'stopped', retryAt: null });
  }

  /** Comes back at once with the session that has taken the place of the one before, if one has. */
  follow(): void {
    if (!this.wanted || this.openedBy === this.tokens.sessionId) return;
    this.socket.disconnect();
    clearTimeout(this.timer);
    void this.connect();
  }

  /** Does not wait for the pause to end; for when the network is known to be back. */
  readonly hurry = (): void => {
    if (this.link.getSnapshot().status !== 'offline' || browser.document?.visibilityState === 'hidden') return;
    clearTimeout(this.timer);
    void this.connect();
  };

  /** The device has no network, which the socket would notice by the missing heartbeat alone. */
  private readonly cut = (): void => {
    // an attempt under way does not say that it was cut off
    const trying = this.link.getSnapshot().status === 'connecting';
    this.attempt++;
    this.socket.disconnect();
    if (trying) this.later();
  };

  /**
   * @throws DunlinError what the server refused with; `network` when the connection is down or breaks before the answer:
   * then the outcome is unknown
   */
  async request<E extends Event>(event: E, payload: Given<E>): Promise<Answer<E>> {
    if (!this.socket.connected) throw new DunlinError('network');
    const answer = await this.answer(event, payload);
    if (answer.ok) return answer.data as Answer<E>;
    throw DunlinError.fromWire(answer.error);
  }

  private answer(event: Event, payload: unknown): Promise<Ack<unknown>> {
    return new Promise((resolve, reject) => {
      const lost = (): void => finish(() => reject(new DunlinError('network')));
      const timer = setTimeout(() => {
        lost();
        // the server always answers: a connection that stays silent is dead, though nobody has noticed
        this.socket.disconnect();
      }, this.options.ackTimeoutMs);
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.socket.off('disconnect', lost);
        settle();
      };
      this.socket.on('disconnect', lost);
      (this.socket as Socket<never, Record<string, (...args: unknown[]) => void>>).emit(
        event,
        payload,
        (answer: unknown) => finish(() => resolve(answer as Ack<unknown>)),
      );
    });
  }

  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    this.link.set({ status: 'connecting', retryAt: null });
    this.openedBy = this.tokens.sessionId;
    try {
      this.token = await (this.refusedToken ? this.tokens.renewed(this.refusedToken) : this.tokens.current());
      this.refusedToken = '';
    } catch (error) {
      if (attempt === this.attempt) this.failed(DunlinError.from(error));
      return;
    }
    if (attempt !== this.attempt || !this.wanted) return;
    this.socket.auth = { token: this.token };
    this.socket.connect();
  }

  private connected(): void {
    this.upSince = Date.now();
    this.link.set({ status: 'online', retryAt: null });
    this.emit('up', undefined);
  }

  private refused(error: Error & { data?: WireError }): void {
    if (!this.wanted) return;
    const failure = error.data ? DunlinError.fromWire(error.data) : new DunlinError('network', {}, { cause: error });
    if (!isTokenRefused(failure)) return this.later(failure.retryAfterMs);
    this.refusedToken = this.token;
    // a renewed token that is refused too is not tried in a circle without a pause
    if (this.backoff.attempts === 0) {
      this.backoff.next();
      void this.connect();
    } else this.later();
  }

  private lost(): void {
    if (!this.wanted) return;
    if (Date.now() - this.upSince > PROVEN_MS) this.backoff.reset();
    this.later();
  }

  /** There is no token to come back with. */
  private failed(failure: DunlinError): void {
    if (!this.wanted) return;
    if (isTokenRefused(failure) || failure.code === 'signed_out') {
      this.stop();
      this.emit('ended', failure);
    } else this.later(failure.retryAfterMs);
  }

  private later(retryAfterMs?: number): void {
    const ms = Math.round(this.backoff.next(retryAfterMs));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), ms);
    this.link.set({ status: 'offline', retryAt: Date.now() + ms });
  }
}
