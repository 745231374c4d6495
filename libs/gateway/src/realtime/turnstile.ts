import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** What a turn of the event loop spends on those who come in. Milliseconds. */
const SLICE_MS = 4;
/** Promises that one follows from the other until a handshake, or a read on SQLite, is done. */
const STEPS = 16;

/**
 * Where those wait who come in a crowd. When a thousand clients are back at once, all their handshakes and syncs would fit
 * in a few long turns of the event loop, and whoever was there before would wait for the end of each. So they are let
 * in one after another, a few milliseconds' worth a turn; one that comes alone goes on in the same turn or the next.
 */
@Injectable()
export class Turnstile {
  private line: (() => void)[] = [];
  private turning = false;

  /** Resolves when it is the caller's turn, in the order of the calls. */
  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.line.push(resolve);
      if (!this.turning) void this.turn();
    });
  }

  private async turn(): Promise<void> {
    this.turning = true;
    while (this.line.length > 0) {
      // the sockets of those who are connected are read in between
      await setImmediate();
      await this.slice();
    }
    this.turning = false;
  }

  private async slice(): Promise<void> {
    const begun = performance.now();
    let passed = 0;
    for (const go of this.line) {
      passed++;
      go();
      // lets it get as far as it comes without waiting
      for (let step = 0; step < STEPS; step++) await Promise.resolve();
      if (performance.now() - begun >= SLICE_MS) break;
    }
    this.line = this.line.slice(passed);
  }
}
