import { Injectable, Logger } from '@nestjs/common';
import { DunlinError, ERRORS, SessionRegistry, type WireError } from '@dunlin/contracts';
import { Clock, Config, newId } from '@dunlin/platform';
import { AccessTokens } from '../http/auth/access-tokens.js';
import { clientAddress } from '../limits/client-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import type { ImSocket } from './im-socket.js';
import { Turnstile } from './turnstile.js';

/** What a refused handshake's `connect_error` carries. */
export class HandshakeError extends Error {
  readonly data: WireError;

  constructor(error: DunlinError) {
    super(error.message);
    this.data = toWireError(error, newId());
  }
}

export function toWireError(error: DunlinError, traceId: string): WireError {
  const wire: WireError = {
    code: error.code,
    message: error.code === 'internal' ? ERRORS.internal.title : error.message,
    retryable: error.retryable,
    traceId,
  };
  if (error.retryAfterMs !== undefined) wire.retryAfterMs = error.retryAfterMs;
  if (error.errors !== undefined) wire.errors = error.errors;
  return wire;
}

/** Lets a connection in: before it is one, and by the same rules as HTTP. */
@Injectable()
export class Handshake {
  private readonly logger = new Logger(Handshake.name);

  constructor(
    private readonly config: Config,
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionRegistry,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
    private readonly turnstile: Turnstile,
  ) {}

  /** Socket.IO middleware. */
  readonly middleware = (socket: ImSocket, next: (error?: Error) => void): void => {
    this.admit(socket).then(
      () => next(),
      (error: unknown) => {
        const failure = DunlinError.from(error);
        if (failure.code === 'internal') this.logger.error('A handshake failed', { err: failure.cause as Error });
        next(new HandshakeError(failure));
      },
    );
  };

  private async admit(socket: ImSocket): Promise<void> {
    this.limits.handshake.take(clientAddress(socket.handshake, this.config.trustProxy));
    await this.turnstile.pass();
    const token = (socket.handshake.auth as { token?: unknown } | undefined)?.token;
    if (typeof token !== 'string' || token === '') throw new DunlinError('unauthenticated');
    const { userId, sessionId } = await this.tokens.verify(token);
    await this.sessions.assertActive(sessionId, userId);
    this.limits.connections.check(userId);
    socket.data.caller = { userId, sessionId };
    socket.data.checkAt = this.clock.now() + this.config.accessTokenTtlS * 1000;
  }
}
