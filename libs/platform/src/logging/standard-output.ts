import { writeSync } from 'node:fs';
import { pino, type DestinationStream } from 'pino';

const FD = 1;
/** How long a reader who has paused is waited for at the end. */
const TRIES = 20;
const PAUSE_MS = 50;

/** What waits in pino's destination (sonic-boom). */
interface Waiting {
  _bufs: string[];
  _len: number;
}

/**
 * Where the log goes: asynchronously, so that a reader who pauses holds nobody up. When there is nobody to read any more
 * (`npm start | head`) the server goes on, and ends when it should: sonic-boom's own flush, which pino calls for a
 * fatal line and at the exit, tries for ever on a pipe that is broken or full.
 */
export function standardOutput(): DestinationStream {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', passBroken);
  const output = pino.destination({ dest: FD, sync: false });
  output.flushSync = () => flush(output as unknown as Waiting);
  return output;
}

function flush(waiting: Waiting): void {
  for (let line = waiting._bufs.shift(); line !== undefined; line = waiting._bufs.shift()) {
    waiting._len -= Buffer.byteLength(line);
    if (!write(Buffer.from(line))) return;
  }
}

/** @returns whether all of it was written */
function write(bytes: Buffer): boolean {
  for (let tries = 0; bytes.length > 0 && tries < TRIES;) {
    try {
      bytes = bytes.subarray(writeSync(FD, bytes));
      tries = 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return false;
      tries++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
  return bytes.length === 0;
}

function passBroken(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
