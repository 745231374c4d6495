import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Person } from '../support/person.js';

/** A WebSocket by hand that joins and then reads nothing. */
export async function joinDeaf(base: string, who: Person): Promise<Socket> {
  const { hostname, port, host } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write(frame(`40/im,${JSON.stringify({ token: who.token })}`));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  return socket;
}

/** A masked text frame with a mask of zeros (RFC 6455 section 5.2), of 126 to 65,535 bytes. */
function frame(payload: string): Buffer {
  const head = Buffer.from([0x81, 0x80 | 126, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, Buffer.from(payload)]);
}
