import { Counter, register } from 'prom-client';
import { connectionOf, type EngineConnection } from './engine-connection.js';
import type { ImSocket } from './im-socket.js';

/** Bytes that may wait for one reader; whoever is further behind is dropped, comes back and syncs. */
export const BACKLOG_MAX_BYTES = 4 * 1024 * 1024;

/** Connections that were ended because they did not keep up. */
export const readersDropped = (): Counter =>
  (register.getSingleMetric('dunlin_readers_dropped_total') as Counter | undefined) ??
  new Counter({ name: 'dunlin_readers_dropped_total', help: 'Connections ended because they did not keep up' });

const bounded = new WeakSet<EngineConnection>();

/**
 * Bounds what waits for a client that polls: Engine.IO keeps all of it until the next GET, acks and events alike, without
 * a limit. (What goes over a WebSocket is bounded by {@link CoalescingWebSocket}.)
 */
export function boundPolling(socket: ImSocket): void {
  const connection = connectionOf(socket);
  if (connection.transport.name !== 'polling' || bounded.has(connection)) return;
  bounded.add(connection);
  let bytes = 0;
  const count = ({ data }: { data?: string | Buffer }): void => {
    if (data === undefined) return;
    bytes += Buffer.byteLength(data);
    if (bytes <= BACKLOG_MAX_BYTES) return;
    readersDropped().inc();
    // not in good order, which would wait for the very reader that does not come
    connection.close(true);
  };
  const clear = (): void => {
    bytes = 0;
  };
  connection.on('packetCreate', count);
  connection.on('flush', clear);
  connection.once('upgrade', () => {
    connection.off('packetCreate', count);
    connection.off('flush', clear);
  });
}
