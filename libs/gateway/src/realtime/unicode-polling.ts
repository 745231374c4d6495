import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import type { Server } from 'socket.io';
import { mayGoOn } from './metering.js';

/** What is used of Engine.IO's transport for polling. */
interface Polling {
  onDataRequest(request: IncomingMessage, response: ServerResponse): void;
}

/** What is used of Engine.IO's server. */
interface Engine {
  createTransport(name: string, request: IncomingMessage): object;
}

/**
 * A body of a client that polls which is no UTF-8 ends its connection, as such a frame of a WebSocket does (RFC 6455, 8.1):
 * Engine.IO would put U+FFFD for it. JSONP, whose bodies are encoded once more, is for clients of older protocols.
 */
export function requireUnicodePolling(server: Server): void {
  const engine = server.engine as unknown as Engine;
  const create = engine.createTransport.bind(engine);
  engine.createTransport = (name, request) => {
    const { j } = (request as unknown as { _query: { j?: unknown } })._query;
    // an upgrade has nobody to catch it, and needs no answer to it
    if (name === 'polling' && j !== undefined) throw new Error('JSONP is not served');
    const transport = create(name, request);
    if (name === 'polling') checkBodies(transport as Polling);
    return transport;
  };
}

function checkBodies(transport: Polling): void {
  const read = transport.onDataRequest.bind(transport);
  transport.onDataRequest = (request, response) => {
    const text = new Utf8Text((bytes) => mayGoOn(request, bytes));
    text.once('error', (error) => {
      // Engine.IO may have refused the body for another reason
      if (!response.headersSent)
        response.writeHead(error instanceof TooMuch ? 413 : 400, { connection: 'close' }).end();
      request.resume();
    });
    // Engine.IO gives up on a body, or its client does
    text.once('close', () => text.errored || request.complete || request.destroy());
    request.once('close', () => request.complete || text.destroy());
    read(withBody(request, text), response);
    const refused = text.listenerCount('data') === 0;
    // what nobody reads would hold up the next request of the connection
    if (refused) request.resume();
    else request.pipe(text);
  };
}

/** The same request, whose body is read from `body`. */
const withBody = (request: IncomingMessage, body: Transform): IncomingMessage =>
  Object.assign(Object.create(request) as IncomingMessage, {
    on: body.on.bind(body),
    removeListener: body.removeListener.bind(body),
    setEncoding: body.setEncoding.bind(body),
    destroy: body.destroy.bind(body),
  });

class TooMuch extends Error {}

/** Passes on what is UTF-8, and fails at what is not, or at more than may come. */
class Utf8Text extends Transform {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });

  constructor(private readonly mayCome: (bytes: number) => boolean) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    if (this.mayCome(chunk.length)) this.check(chunk, done);
    else done(new TooMuch());
  }

  override _flush(done: TransformCallback): void {
    this.check(undefined, done);
  }

  private check(chunk: Buffer | undefined, done: TransformCallback): void {
    try {
      this.decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (error) {
      return done(error as Error);
    }
    done(null, chunk);
  }
}
