import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from '@dunlin/contracts';
import type { Server } from 'socket.io';
import { AnonymousIntake, FRAME_COST, type Intake } from '../limits/intake.js';
import { connectionOf, type EngineConnection, type EngineTransport } from './engine-connection.js';
import type { ImSocket } from './im-socket.js';
import { MeteredWebSocket } from './metered-websocket.js';

/** What a body of untold length counts for before sign-in, so that a few of them fit. */
const UNTOLD_BYTES = 4 * 1024;

const intakes = new WeakMap<EngineConnection, Intake>();

/** From now on the connection is read as fast as `intake` says, by whichever transport. */
export function readBy(intake: Intake, socket: ImSocket): void {
  const connection = connectionOf(socket);
  const meter = ({ socket: webSocket }: EngineTransport): void => {
    if (!(webSocket instanceof MeteredWebSocket)) return;
    webSocket.intake = intakes.get(connection) as Intake;
    // its answer to a ping may be behind what is not read yet
    webSocket.onPause = () => connection.pingTimeoutTimer?.refresh();
  };
  const before = intakes.get(connection);
  intakes.set(connection, intake);
  meter(connection.transport);
  if (!before || before instanceof AnonymousIntake) connection.on('upgrade', meter);
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** What is used of Engine.IO's server. */
interface Engine {
  clients: Record<string, EngineConnection>;
  use(middleware: Middleware): void;
}

/** Bodies of clients that poll are read when their time has come. (WebSockets: {@link MeteredWebSocket}.) */
export function meterPolling(server: Server): void {
  const engine = server.engine as unknown as Engine;
  engine.use((request, response, next) => {
    const { sid } = (request as unknown as { _query: { sid?: string } })._query;
    const connection = request.method === 'POST' && sid !== undefined ? engine.clients[sid] : undefined;
    // what is no connection's, Engine.IO refuses without reading it
    if (!connection) return next();
    const intake = intakeOf(connection);
    const waitMs = intake.take(FRAME_COST + bodyBytes(request, intake));
    if (waitMs === Infinity) {
      response.writeHead(413).end();
      connection.close(true);
    } else if (waitMs > 0) {
      afterPause(connection, waitMs, () => request.destroyed || next());
    } else {
      next();
    }
  });
}

/** At once, if the connection is closed. */
function afterPause(connection: EngineConnection, waitMs: number, go: () => void): void {
  connection.pingTimeoutTimer?.refresh();
  const end = (): void => {
    connection.pingTimeoutTimer?.refresh();
    clearTimeout(timer);
    connection.off('close', end);
    go();
  };
  const timer = setTimeout(end, waitMs);
  connection.once('close', end);
}

function intakeOf(connection: EngineConnection): Intake {
  const known = intakes.get(connection);
  if (known) return known;
  const anonymous = new AnonymousIntake();
  intakes.set(connection, anonymous);
  return anonymous;
}

/** Of a body whose length is not told, the most that is read, once it is known whose it is. */
const bodyBytes = ({ headers }: IncomingMessage, intake: Intake): number => {
  const told = Number(headers['content-length']);
  if (Number.isFinite(told)) return told;
  return intake instanceof AnonymousIntake ? UNTOLD_BYTES : LIMITS.frameBytes;
};
