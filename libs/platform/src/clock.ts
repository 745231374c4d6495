import { Injectable } from '@nestjs/common';

/** The time, injectable so that a test can move it. */
@Injectable()
export class Clock {
  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now();
  }
}

/** ISO 8601 in UTC with milliseconds, as everything on the wire has it. */
export const toTimestamp = (ms: number): string => new Date(ms).toISOString();
