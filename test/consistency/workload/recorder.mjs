import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Keeps a history: in memory for the checker, as JSON lines in a file for people. One clock for all of it. */
export class Recorder {
  /** @type {import('../checker/history.d.mts').Operation[]} */
  operations = [];
  #file;

  /** @param {string} file */
  constructor(file) {
    mkdirSync(dirname(file), { recursive: true });
    this.path = file;
    this.#file = createWriteStream(file);
  }

  /** Milliseconds, never going back. */
  get now() {
    return Math.round(performance.now() * 1000) / 1000;
  }

  record(operation) {
    this.operations.push(operation);
    // a device of a run that has failed may still be at something
    if (!this.#file.writableEnded) this.#file.write(`${JSON.stringify(operation)}\n`);
    return operation;
  }

  /** A fault's beginning or end. */
  fault(name, phase) {
    this.record({ op: 'fault', name, phase, at: this.now });
  }

  /** Runs `work` as an operation: it says how that ended. */
  async operation(facts, work) {
    const invoke = this.now;
    const outcome = await work();
    return this.record({ ...facts, invoke, complete: this.now, ...outcome });
  }

  close() {
    return new Promise((resolve) => this.#file.end(resolve));
  }
}
