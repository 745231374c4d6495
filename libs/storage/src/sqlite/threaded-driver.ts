import { QueryFailedError, QueryResult, type DataSource, type QueryRunner } from 'typeorm';
import { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { HeldStatements } from '../held-statements.js';
import type { HoldsWrites, Insert } from '../rows.js';
import { sqliteInsert } from './sqlite-insert.js';
import { Checkpoints } from './checkpoints.js';
import { sqliteFile, SQLITE_PRAGMAS, WRITER_PRAGMA } from './sqlite-options.js';
import { WriterThread } from './writer-thread.js';

/** @throws Error when the file cannot be opened */
export async function openThreadedDriver(source: DataSource, url: string): Promise<BetterSqlite3Driver> {
  const file = sqliteFile(url);
  const thread = await WriterThread.open(file, [...SQLITE_PRAGMAS, WRITER_PRAGMA]);
  return new ThreadedSqliteDriver(source, thread, new Checkpoints(file, thread));
}

/** TypeORM's SQLite driver over a {@link WriterThread} instead of a connection on this thread. */
class ThreadedSqliteDriver extends BetterSqlite3Driver {
  constructor(
    source: DataSource,
    private readonly thread: WriterThread,
    private readonly checkpoints: Checkpoints,
  ) {
    super(source);
  }

  override createQueryRunner(): QueryRunner {
    return (this.queryRunner ??= new ThreadedQueryRunner(this, this.thread) as QueryRunner);
  }

  override async disconnect(): Promise<void> {
    this.queryRunner = undefined;
    await this.checkpoints.close();
    await this.thread.close();
  }

  /** The thread was opened, with its pragmas, before this driver was made. */
  protected override createDatabaseConnection(): Promise<WriterThread> {
    return Promise.resolve(this.thread);
  }
}

class ThreadedQueryRunner extends BetterSqlite3QueryRunner implements HoldsWrites {
  /**
   * IMMEDIATE: all of these write. One that began by reading could not go on to write after somebody else's commit
   * (SQLITE_BUSY_SNAPSHOT), and libsql keeps the old snapshot from then on: every later one would fail as well.
   */
  private readonly held = new HeldStatements('BEGIN TRANSACTION', 'BEGIN IMMEDIATE');

  constructor(
    driver: BetterSqlite3Driver,
    private readonly thread: WriterThread,
  ) {
    super(driver);
  }

  override async beforeMigration(): Promise<void> {
    await this.query('PRAGMA foreign_keys = OFF');
  }

  override async afterMigration(): Promise<void> {
    await this.query('PRAGMA foreign_keys = ON');
  }

  holdInsert(insert: Insert): void {
    this.held.hold(sqliteInsert(insert));
  }

  /** As in the base class, less what this project has none of: query logging and query subscribers. */
  override async query(sql: string, parameters: unknown[] = [], useStructuredResult = false): Promise<unknown> {
    const script = this.held.scriptFor(sql, parameters.map(bindable));
    if (script.length === 0) return undefined;
    try {
      const { rows, changes, lastInsertRowid } = await this.thread.run(script);
      if (!useStructuredResult) return rows ?? lastInsertRowid;
      const result = new QueryResult();
      result.raw = rows ?? lastInsertRowid;
      if (rows) result.records = rows;
      else result.affected = changes;
      return result;
    } catch (error) {
      // A COMMIT that failed may have rolled back by itself (sqlite.org/lang_transaction.html). Were this an error,
      // TypeORM would take the transaction for open and put all later ones into savepoints that nothing commits.
      if (sql === 'ROLLBACK' && /no transaction is active/.test((error as Error).message)) return undefined;
      throw new QueryFailedError(sql, parameters, error as Error);
    }
  }
}

/** SQLite has no booleans. */
const bindable = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);
