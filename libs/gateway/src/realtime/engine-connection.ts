import type { ImSocket } from './im-socket.js';

/** A connection's transport; `socket` is that of a WebSocket. */
export interface EngineTransport {
  name: string;
  socket?: unknown;
}

type Packet = { data?: string | Buffer };

/** What is used of Engine.IO's connection, with what its types leave out: the first place to look after an update. */
export interface EngineConnection {
  readyState: string;
  transport: EngineTransport;
  /** Packets that no transport has taken yet. */
  writeBuffer: unknown[];
  /** Private: runs while the answer to a ping is waited for. */
  pingTimeoutTimer?: NodeJS.Timeout | null;
  on(event: 'upgrade', listener: (transport: EngineTransport) => void): this;
  on(event: 'packetCreate', listener: (packet: Packet) => void): this;
  on(event: 'flush', listener: () => void): this;
  once(event: 'upgrade' | 'close', listener: () => void): this;
  off(event: 'packetCreate', listener: (packet: Packet) => void): this;
  off(event: 'flush' | 'close', listener: () => void): this;
  close(discard: boolean): void;
}

export const connectionOf = (socket: ImSocket): EngineConnection => socket.conn as unknown as EngineConnection;
