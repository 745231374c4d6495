import { Injectable, Logger } from '@nestjs/common';
import { Encoder, PacketType, type Packet } from 'socket.io-parser';
import type { EventPayload, ImSocket, ServerEvent } from './im-socket.js';

/** Packets that may wait for one reader. Socket.IO's own buffer has no limit; who is further behind is dropped. */
const BACKLOG_MAX = 1024;

/** An event encoded once, to be written to any number of sockets. */
export type Encoded = readonly string[];

interface Engine {
  writeBuffer: unknown[];
}

interface Client {
  conn: Engine;
  _packet(packet: unknown, options: { preEncoded: boolean; compress: boolean; volatile: boolean }): void;
}

const OPTIONS = { preEncoded: true, compress: false, volatile: false };

/** Writes events to sockets: encoded once, and never more than a reader can take. */
@Injectable()
export class Emitter {
  private readonly logger = new Logger(Emitter.name);
  private readonly encoder = new Encoder();

  encode<E extends ServerEvent>(event: E, payload: EventPayload<E>): Encoded {
    const packet: Packet = { type: PacketType.EVENT, nsp: '/im', data: [event, payload] };
    return this.encoder.encode(packet) as string[];
  }

  /** A reader too far behind is disconnected; it comes back and syncs. */
  write(socket: ImSocket, encoded: Encoded): void {
    const client = socket.client as unknown as Client;
    if (client.conn.writeBuffer.length > BACKLOG_MAX) {
      this.logger.warn('Dropped a reader that does not keep up', { userId: socket.data.caller.userId });
      socket.disconnect(true);
      return;
    }
    client._packet(encoded, OPTIONS);
  }

  /** To each socket but one. */
  emit<E extends ServerEvent>(sockets: Iterable<ImSocket>, event: E, payload: EventPayload<E>, except?: string): void {
    let encoded: Encoded | undefined;
    for (const socket of sockets) {
      if (socket.id === except) continue;
      encoded ??= this.encode(event, payload);
      this.write(socket, encoded);
    }
  }
}
