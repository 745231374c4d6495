import { Injectable } from '@nestjs/common';

/** The time, injectable so that a test can move it. */
@Injectable()
export class Clock {
  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now();
  }
}

let lastMs = NaN;
let lastText = '';

/** ISO 8601 in UTC with milliseconds, as everything on the wire has it. What is stored together has the same instant. */
export function toTimestamp(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
