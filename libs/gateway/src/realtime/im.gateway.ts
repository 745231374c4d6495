import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import {
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import { DunlinError, invalid, SessionRegistry, type Ack, type RevokeReason, type Settle } from '@dunlin/contracts';
import { Clock, Config, newId, runInTrace } from '@dunlin/platform';
import { RateLimits } from '../limits/rate-limits.js';
import { PresenceSubscriptions } from '../presence/presence-subscriptions.js';
import { PresenceService } from '../presence/presence.service.js';
import { boundPolling } from './backlog.js';
import { ClientEvents } from './client-events.js';
import { Connections } from './connections.js';
import { connectionOf } from './engine-connection.js';
import { Handshake, HandshakeError, toWireError } from './handshake.js';
import type { ImNamespace, ImSocket } from './im-socket.js';
import { readBy } from './metering.js';
import { OpenSends } from './open-sends.js';

/** Socket.IO's word for a client that leaves a namespace and keeps its connection. */
const LEFT = 'client namespace disconnect';

type AckFunction = (answer: Ack<unknown>) => void;

const RECHECK_MS = 30_000;
/** How long the sockets wait, when the process ends, for the acks of what they have sent. */
const LAST_ACKS_MS = 2000;

/**
 * The namespace `/im`. Nest makes the server and its lifecycle; the events themselves are taken from the raw socket,
 * since Nest's pipeline costs more than half of the throughput (docs/adr/0005).
 */
@WebSocketGateway({ namespace: '/im' })
export class ImGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, BeforeApplicationShutdown {
  private readonly logger = new Logger(ImGateway.name);
  private timer?: NodeJS.Timeout;

  /** One function for all sockets; Socket.IO calls it with the socket as `this`. */
  private readonly listener = listenerOf(this);

  @WebSocketServer()
  private readonly namespace: ImNamespace;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly handshake: Handshake,
    private readonly connections: Connections,
    private readonly events: ClientEvents,
    private readonly sends: OpenSends,
    private readonly presence: PresenceService,
    private readonly subscriptions: PresenceSubscriptions,
    private readonly sessions: SessionRegistry,
    private readonly limits: RateLimits,
  ) {}

  afterInit(namespace: ImNamespace): void {
    namespace.use(this.handshake.middleware);
    if (!this.config.conformance) {
      // `/` and the names of no namespace carry nothing: without the second, those were refused without our code.
      // A client that joins no namespace is closed by Socket.IO's connect timeout.
      const anyOther = namespace.server.of((_name, _auth, accept) => accept(null, true));
      for (const nowhere of [namespace.server.of('/'), anyOther])
        nowhere.use((_socket, next) => next(new HandshakeError(new DunlinError('not_found'))));
    }
    this.timer = setInterval(() => this.recheck(), RECHECK_MS);
    this.timer.unref();
  }

  handleConnection(socket: ImSocket): void {
    const { userId } = socket.data.caller;
    try {
      this.limits.connections.open(userId);
    } catch {
      // the handshake refuses what is over the limit; this one came at the same time as the last that fitted
      socket.data.refused = true;
      socket.disconnect(true);
      return;
    }
    boundPolling(socket);
    readBy(this.limits.intakeOf(userId), socket);
    this.connections.add(socket);
    socket.onAny(this.listener);
    void this.presence.connected(userId, socket.id);
    // who was revoked between the handshake and now is not among those that were closed then
    this.check(socket);
  }

  handleDisconnect(socket: ImSocket, reason?: string): void {
    if (socket.data.refused) return;
    this.limits.connections.close(socket.data.caller.userId);
    this.connections.remove(socket);
    this.subscriptions.drop(socket.id);
    void this.presence.disconnected(socket.data.caller.userId, socket.id);
    // who leaves `/im` counts no more, and nothing else is there to stay for (Socket.IO's own test suite leaves and stays)
    if (reason === LEFT && !this.config.conformance) connectionOf(socket).close(true);
  }

  /**
   * Sockets go first, with their acks: their clients turn to another gateway while this one finishes. It is the last moment
   * for both, since in the split the acks come with events, and Nest ends what brings these next.
   */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sends.close(LAST_ACKS_MS);
    this.namespace.server.disconnectSockets(true);
  }

  /** One event of a client: exactly one ack, whatever happens. */
  receive(socket: ImSocket, event: string, args: unknown[]): void {
    const ack = args.at(-1);
    // Without an ack there is nobody to tell and no promise to keep.
    if (typeof ack !== 'function') return;
    const traceId = newId();
    const settle: Settle<unknown> = (error, data) =>
      (ack as AckFunction)(error ? { ok: false, error: this.failure(error, event, traceId) } : { ok: true, data });
    try {
      if (event !== 'message:send') this.limits.socketEvent.take(socket.data.caller.userId);
      const handler = this.events.handlerOf(event);
      if (args.length !== 2) throw invalid('', 'takes one payload and one ack');
      handler({ socket, payload: args[0], traceId, settle });
    } catch (error) {
      settle(DunlinError.from(error));
    }
  }

  private failure(error: DunlinError, event: string, traceId: string): ReturnType<typeof toWireError> {
    if (error.code === 'internal')
      runInTrace(traceId, () => this.logger.error(`${event} failed`, { err: error.cause as Error }));
    return toWireError(error, traceId);
  }

  /** Connections outlive their tokens; every so often their sessions are looked at again. */
  private recheck(): void {
    const now = this.clock.now();
    for (const socket of this.connections.all()) {
      if (socket.data.checkAt <= now) this.check(socket);
    }
  }

  private check(socket: ImSocket): void {
    const now = this.clock.now();
    socket.data.checkAt = now + this.config.accessTokenTtlS * 1000;
    const { sessionId, userId } = socket.data.caller;
    this.sessions.assertActive(sessionId, userId).catch((error: unknown) => {
      // Only a definite answer ends a connection; one that cannot be had is asked again soon.
      if (DunlinError.from(error).code === 'unavailable') socket.data.checkAt = now + RECHECK_MS;
      else closeRevoked(socket, 'expired');
    });
  }
}

function listenerOf(gateway: ImGateway): (event: string, ...args: unknown[]) => void {
  return function (this: ImSocket, event: string, ...args: unknown[]): void {
    gateway.receive(this, event, args);
  } as (event: string, ...args: unknown[]) => void;
}

/** Says why, then closes. */
export function closeRevoked(socket: ImSocket, reason: RevokeReason): void {
  socket.emit('session:revoked', { reason });
  socket.disconnect(true);
}
