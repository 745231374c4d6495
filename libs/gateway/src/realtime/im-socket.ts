import type { Caller, ClientToServerEvents, ServerToClientEvents } from '@dunlin/contracts';
import type { WorkLimiter } from '@dunlin/platform';
import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';

/** What a connection is, once the handshake was accepted. */
export interface SocketData {
  caller: Caller;
  /** Milliseconds since the epoch: when the session is looked at again. */
  checkAt: number;
  /** Over the limit of connections; it never counted. */
  refused?: boolean;
  /** Pages of history and lists of news that this connection asked for at once. */
  reads?: WorkLimiter;
}

export type ImNamespace = Namespace<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type ImSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;

export type ServerEvent = keyof ServerToClientEvents;
export type EventPayload<E extends ServerEvent> = Parameters<ServerToClientEvents[E]>[0];
