import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { LIMITS } from '@dunlin/contracts';
import type { Config } from '@dunlin/platform';
import type { Server, ServerOptions } from 'socket.io';
import { clientAddress } from '../limits/client-address.js';
import type { RateLimits } from '../limits/rate-limits.js';
import { originAllowed } from '../origins.js';
import { boundedParser } from './bounded-decoder.js';
import { serveConformance } from './conformance.js';
import { MeteredServer } from './metered-websocket.js';
import { meterPolling } from './metering.js';
import type { Turnstile } from './turnstile.js';
import { requireUnicodePolling } from './unicode-polling.js';

/** What Socket.IO's own test suite expects of a server. */
const CONFORMANCE = { pingInterval: 300, pingTimeout: 200, maxHttpBufferSize: 1_000_000 };

/** Makes the Socket.IO server, with limits and without extras that the contract does not promise. */
export class ImAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly config: Config,
    private readonly limits: RateLimits,
    private readonly turnstile: Turnstile,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, {
      ...options,
      path: '/socket.io/',
      serveClient: false,
      transports: ['polling', 'websocket'],
      wsEngine: MeteredServer,
      parser: boundedParser,
      maxHttpBufferSize: LIMITS.frameBytes,
      // compressed frames cannot be encoded once for many, and cost a window of memory a connection
      perMessageDeflate: false,
      httpCompression: false,
      // who opens a connection and joins nothing is closed
      connectTimeout: 10_000,
      cleanupEmptyChildNamespaces: true,
      allowRequest: (request: IncomingMessage, decide: (error: string | null, ok: boolean) => void) => {
        if (this.mayOpen(request)) void this.inTurn(request).then((there) => decide(null, there));
        else decide(null, false);
      },
      cors: {
        origin: (origin: string | undefined, decide: (error: Error | null, allow?: boolean) => void) =>
          decide(null, originAllowed(this.config, origin, undefined)),
      },
      ...(this.config.conformance ? CONFORMANCE : {}),
    } as unknown as ServerOptions) as Server;
    meterPolling(server);
    requireUnicodePolling(server);
    if (this.config.conformance) serveConformance(server);
    return server;
  }

  /** @returns whether the client is there still when its turn has come */
  private async inTurn({ socket, headers }: IncomingMessage): Promise<boolean> {
    // Node does not listen to an upgrade's socket any more, and ws not yet: a reset would end the process
    if (headers.upgrade !== undefined) socket.on('error', hangUp);
    await this.turnstile.pass();
    socket.off('error', hangUp);
    return !socket.destroyed;
  }

  /** Asked once for each connection, before there is one. */
  private mayOpen({ headers, socket }: IncomingMessage): boolean {
    if (!originAllowed(this.config, headers.origin, headers.host)) return false;
    try {
      this.limits.opening.take(clientAddress({ address: socket.remoteAddress ?? '', headers }, this.config.trustProxy));
      return true;
    } catch {
      return false;
    }
  }
}

function hangUp(this: Socket): void {
  this.destroy();
}
