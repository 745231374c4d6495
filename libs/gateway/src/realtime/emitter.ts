import { Injectable } from '@nestjs/common';
import { CoalescingWebSocket, textFrame } from './coalescing-websocket.js';
import { connectionOf } from './engine-connection.js';
import type { EventPayload, ImSocket, ServerEvent } from './im-socket.js';

/** An event encoded once, to be written to any number of sockets. */
export class Encoded {
  private bytes?: Buffer;

  /** @param packet as Socket.IO's protocol has it (v5) */
  constructor(readonly packet: string) {}

  /** The whole frame: Engine.IO's "message" around the packet. */
  get frame(): Buffer {
    return (this.bytes ??= textFrame(`4${this.packet}`));
  }
}

/** What Socket.IO's types leave out of its client. */
interface Client {
  _packet(packet: unknown, options: { preEncoded: boolean; compress: boolean; volatile: boolean }): void;
}

const OPTIONS = { preEncoded: true, compress: false, volatile: false };

/** Writes events to sockets, encoded once. What waits for a reader is bounded below: see backlog.ts. */
@Injectable()
export class Emitter {
  encode<E extends ServerEvent>(event: E, payload: EventPayload<E>): Encoded {
    return new Encoded(`2/im,${JSON.stringify([event, payload])}`);
  }

  write(socket: ImSocket, encoded: Encoded): void {
    const { transport, writeBuffer, readyState } = connectionOf(socket);
    if (transport.socket instanceof CoalescingWebSocket && writeBuffer.length === 0 && readyState === 'open') {
      // past Engine.IO, which would take the same bytes apart and put them together for each reader
      transport.socket.queue(encoded.frame);
    } else {
      (socket.client as unknown as Client)._packet([encoded.packet], OPTIONS);
    }
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
