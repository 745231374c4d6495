import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from '@dunlin/contracts';
import type { Server } from 'socket.io';
import { AnonymousIntake, FRAME_COST, type Intake } from '../limits/intake.js';
import { connectionOf, type EngineConnection, type EngineTransport } from './engine-connection.js';
import type { ImSocket } from './im-socket.js';
import { MeteredWebSocket } from './metered-websocket.js';

const intakes = new WeakMap<EngineConnection, Intake>();
/** Of bodies that did not tell their length, and nobody knows whose they are: they are counted as they come. */
const untold = new WeakMap<IncomingMessage, Intake>();

/** Counts bytes of a body that have come. @returns whether it may go on */
export const mayGoOn = (request: IncomingMessage, bytes: number): boolean => !untold.get(request)?.take(bytes);

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
    const waitMs = intake.take(FRAME_COST + bytesAhead(request, intake));
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

/** What is counted before a body is read. */
function bytesAhead(request: IncomingMessage, intake: Intake): number {
  const told = Number(request.headers['content-length']);
  if (Number.isFinite(told)) return told;
  // the most that is read of somebody's
  if (!(intake instanceof AnonymousIntake)) return LIMITS.frameBytes;
  untold.set(request, intake);
  return 0;
}
