import { Logger } from '@nestjs/common';
import Database from 'libsql/promise';
import type { WriterThread } from './writer-thread.js';

const EVERY_MS = 500;
/** How long the last checkpoint waits for other programs that read the file. Milliseconds. */
const LAST_WAIT_MS = 1000;

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
    await this.empty();
    this.db.close();
  }

  /**
   * After a good end the file alone is the whole database, as who copies it expects: libsql does not empty the log when its
   * last connection closes. On a full disk, or while another program reads, the log stays, and is read at the next start.
   */
  private async empty(): Promise<void> {
    try {
      await this.db.exec(`PRAGMA busy_timeout=${LAST_WAIT_MS}`);
      const checkpoint = await this.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
      const [outcome] = (await checkpoint.all()) as { busy: number }[];
      if (outcome?.busy) this.logger.warn('Another program reads the database: a copy of it needs the -wal file too');
    } catch (error) {
      this.logger.warn('The write-ahead log could not be emptied', { err: error as Error });
    }
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
