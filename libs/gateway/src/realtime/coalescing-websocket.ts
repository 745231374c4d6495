import type { Socket } from 'node:net';
import { failpointSync } from '@dunlin/platform';
import { WebSocket } from 'ws';
import { BACKLOG_MAX_BYTES, readersDropped } from './backlog.js';

const FIN_AND_TEXT = 0x81;

/** Those that have something to write when this turn of the event loop ends. */
let due: CoalescingWebSocket[] = [];

function flushDue(): void {
  const sockets = due;
  due = [];
  for (const socket of sockets) {
    socket.flush();
    failpointSync('gateway.fan-out');
  }
}

type Callback = (error?: Error) => void;

/**
 * A WebSocket whose text frames leave together, in one system call, at the end of the turn of the event loop that
 * made them: a commit's acks and messages for one connection cost one write (docs/adr/0011). It counts what waits in
 * bytes, and ends the connection of a reader that is too far behind.
 */
export class CoalescingWebSocket extends WebSocket {
  private readonly dropped = readersDropped();
  private waiting: (string | Buffer)[] = [];

  /** Text is taken at once: its callback only says that more may come. Anything else goes the usual way, in its place. */
  override send(data: unknown, options?: unknown, callback?: Callback): void {
    const done = (typeof options === 'function' ? options : callback) as Callback | undefined;
    if (typeof data !== 'string' || this.readyState !== WebSocket.OPEN) {
      this.flush();
      super.send(data as string, typeof options === 'function' ? {} : ((options ?? {}) as object), done);
      return;
    }
    this.queue(data);
    done?.();
  }

  /** @param part a text, or a frame made by {@link textFrame} */
  queue(part: string | Buffer): void {
    if (this.waiting.push(part) > 1) return;
    if (due.push(this) === 1) setImmediate(flushDue);
  }

  override close(code?: number, reason?: string | Buffer): void {
    this.flush();
    super.close(code, reason);
  }

  flush(): void {
    if (this.waiting.length === 0) return;
    const parts = this.waiting;
    this.waiting = [];
    const socket = (this as unknown as { _socket?: Socket })._socket;
    if (this.readyState !== WebSocket.OPEN || !socket) return;
    // what one turn has made is no sign of a slow reader, however much it is
    const unread = socket.writableLength;
    socket.write(parts.length === 1 && typeof parts[0] !== 'string' ? (parts[0] as Buffer) : joined(parts));
    if (unread > BACKLOG_MAX_BYTES) {
      this.dropped.inc();
      this.terminate();
    }
  }
}

/** A text as one unmasked frame (RFC 6455, 5.2), to be written to any number of connections. */
export function textFrame(text: string): Buffer {
  return joined([text]);
}

function joined(parts: readonly (string | Buffer)[]): Buffer {
  const sizes = parts.map((part) => (typeof part === 'string' ? Buffer.byteLength(part) : part.length));
  let total = 0;
  parts.forEach((part, i) => {
    total += (typeof part === 'string' ? headerSize(sizes[i] as number) : 0) + (sizes[i] as number);
  });
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  parts.forEach((part, i) => {
    const size = sizes[i] as number;
    if (typeof part === 'string') {
      at = writeHeader(bytes, at, size);
      bytes.write(part, at);
    } else {
      part.copy(bytes, at);
    }
    at += size;
  });
  return bytes;
}

const headerSize = (size: number): number => (size < 126 ? 2 : size < 65_536 ? 4 : 10);

/** @returns where the payload begins */
function writeHeader(bytes: Buffer, at: number, size: number): number {
  bytes[at] = FIN_AND_TEXT;
  if (size < 126) {
    bytes[at + 1] = size;
    return at + 2;
  }
  if (size < 65_536) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(size, at + 2);
    return at + 4;
  }
  bytes[at + 1] = 127;
  bytes.writeBigUInt64BE(BigInt(size), at + 2);
  return at + 10;
}
