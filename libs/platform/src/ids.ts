import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Random bytes are drawn for many ids at once: a call into the system for each would be the dearest part of it. */
const pool = Buffer.alloc(4096);
const BYTES = 16;
let used = pool.length;
let msecs = 0;
let seq = 0;

function randomBytes(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += BYTES));
}

/** A new opaque id: a UUIDv7 (RFC 9562) without dashes. Those that one process makes sort in the order of their making. */
export function newId<T extends string = string>(): T {
  const random = randomBytes();
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    // with room above it, so that counting on within the millisecond does not overflow
    seq = random.readUInt32BE(6) >>> 1;
  } else {
    seq = (seq + 1) >>> 0;
  }
  return v7({ random, msecs, seq }).replaceAll('-', '') as T;
}
