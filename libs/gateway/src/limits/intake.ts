/** Bytes that a connection may send before somebody has signed in on it: a token, some thirty times. */
const ANONYMOUS_BYTES = 16 * 1024;

/** What any frame costs the event loop besides its bytes, in bytes. */
export const FRAME_COST = 512;

/** Decides how fast a connection is read. */
export interface Intake {
  /** Counts bytes that came. @returns milliseconds to wait before more are read, or `Infinity` to end the connection */
  take(bytes: number): number;
}

/** One connection's on which nobody has signed in yet. */
export class AnonymousIntake implements Intake {
  private taken = 0;

  take(bytes: number): number {
    this.taken += bytes;
    return this.taken > ANONYMOUS_BYTES ? Infinity : 0;
  }
}
