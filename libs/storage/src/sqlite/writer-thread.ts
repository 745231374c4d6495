import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Statement } from '../held-statements.js';

export interface Outcome {
  /** Null for what gives no rows. */
  rows: unknown[] | null;
  changes: number;
  lastInsertRowid: number;
}

type Answer = [
  id: number,
  rows: unknown[] | null,
  changes?: number,
  lastInsertRowid?: number,
  failure?: { message: string; code?: string },
];

interface Waiting {
  resolve: (outcome: Outcome) => void;
  reject: (error: Error) => void;
}

/**
 * The writing connection to an SQLite file, on a thread of its own: a commit waits for the disk, and the event loop
 * serves the sockets meanwhile. Statements run in the order of the calls. If the thread breaks, the process ends: what
 * was not answered was not acknowledged either.
 */
export class WriterThread {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private closing?: Promise<unknown>;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (answer: Answer) => this.settle(answer));
    worker.on('error', (error) => {
      throw error;
    });
  }

  /** @throws Error when the file cannot be opened */
  static async open(file: string, pragmas: readonly string[]): Promise<WriterThread> {
    const worker = new Worker(new URL('./writer-worker.js', import.meta.url), { workerData: { file, pragmas } });
    await once(worker, 'message');
    return new WriterThread(worker);
  }

  /** How many were asked for. */
  get scripts(): number {
    return this.lastId;
  }

  /**
   * Runs statements in order, in one trip to the thread and back, up to the first that fails.
   * @returns what the last one gave
   * @throws Error with SQLite's `code`; "connection is not open" once it is closed
   */
  run(script: readonly Statement[]): Promise<Outcome> {
    if (this.closing) return Promise.reject(new Error('The database connection is not open'));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage([id, script]);
    });
  }

  /** Ends after what was asked before it; again does no harm. */
  async close(): Promise<void> {
    if (!this.closing) {
      this.closing = once(this.worker, 'exit');
      this.worker.postMessage('close');
    }
    await this.closing;
  }

  private settle([id, rows, changes = 0, lastInsertRowid = 0, failure]: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (failure) waiting?.reject(Object.assign(new Error(failure.message), { code: failure.code }));
    else waiting?.resolve({ rows, changes, lastInsertRowid });
  }
}
