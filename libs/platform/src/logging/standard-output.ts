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
  for (let tries = 0; waiting._bufs.length > 0 && tries < TRIES;) {
    const line = waiting._bufs[0] as string;
    try {
      const rest = Buffer.from(line).subarray(writeSync(FD, line)).toString();
      if (rest === '') waiting._bufs.shift();
      else waiting._bufs[0] = rest;
      waiting._len -= line.length - rest.length;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      tries++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function passBroken(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
