import { Logger } from '@nestjs/common';
import Database from 'libsql/promise';
import type { WriterThread } from './writer-thread.js';

const EVERY_MS = 500;

/**
 * Moves the write-ahead log into the database file beside the writes. Within a commit, as SQLite does by itself, that
 * holds every sender up for tens of milliseconds; the writer still does it when the log has grown past its own bound, and
 * then finds little to do (https://sqlite.org/wal.html, "Avoiding Excessively Large WAL Files").
 */
export class Checkpoints {
  private readonly logger = new Logger('Storage');
  private readonly db: Database;
  private readonly timer: NodeJS.Timeout;
  private running?: Promise<void>;
  private seen = 0;

  constructor(
    file: string,
    private readonly writer: WriterThread,
  ) {
    this.db = new Database(file, {});
    this.timer = setInterval(() => this.tick(), EVERY_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    this.db.close();
  }

  private tick(): void {
    if (this.running || this.writer.scripts === this.seen) return;
    this.seen = this.writer.scripts;
    // on a thread of the driver's
    this.running = Promise.resolve(this.db.exec('PRAGMA wal_checkpoint(PASSIVE)'))
      .then(
        () => undefined,
        (error: unknown) => this.logger.warn('The write-ahead log waits to be checkpointed', { err: error as Error }),
      )
      .finally(() => {
        this.running = undefined;
      });
  }
}
