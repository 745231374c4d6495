import { QueryFailedError, QueryResult, type DataSource, type QueryRunner } from 'typeorm';
import { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import type { Statement, WriterThread } from './writer-thread.js';

/** TypeORM's SQLite driver over a {@link WriterThread} instead of a connection on this thread. */
export class ThreadedSqliteDriver extends BetterSqlite3Driver {
  constructor(
    source: DataSource,
    private readonly thread: WriterThread,
  ) {
    super(source);
  }

  override createQueryRunner(): QueryRunner {
    return (this.queryRunner ??= new ThreadedQueryRunner(this, this.thread) as QueryRunner);
  }

  override async disconnect(): Promise<void> {
    this.queryRunner = undefined;
    await this.thread.close();
  }

  /** The thread was opened, with its pragmas, before this driver was made. */
  protected override createDatabaseConnection(): Promise<WriterThread> {
    return Promise.resolve(this.thread);
  }
}

export interface HoldsWrites {
  /** A write whose outcome is not asked for. If it fails, the next statement, at the latest the COMMIT, fails for it. */
  hold(sql: string, parameters: unknown[]): void;
}

const BEGIN = 'BEGIN TRANSACTION';

/**
 * Each trip to the thread waits for a turn of both event loops, so what nobody waits for is held and travels with the
 * next statement: a transaction's BEGIN with its first, and writes that are {@link hold held} with its COMMIT.
 */
class ThreadedQueryRunner extends BetterSqlite3QueryRunner implements HoldsWrites {
  private held: Statement[] = [];

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

  hold(sql: string, parameters: unknown[]): void {
    this.held.push([sql, parameters.map(bindable)]);
  }

  /** As in the base class, less what this project has none of: query logging and query subscribers. */
  override async query(sql: string, parameters: unknown[] = [], useStructuredResult = false): Promise<unknown> {
    if (sql === BEGIN) {
      this.held = [[sql, []]];
      return undefined;
    }
    const begun = this.held[0]?.[0] !== BEGIN;
    if (sql === 'ROLLBACK') this.held = [];
    if (sql === 'ROLLBACK' && !begun) return undefined;
    const script: Statement[] = [...this.held, [sql, parameters.map(bindable)]];
    this.held = [];
    try {
      const { rows, changes, lastInsertRowid } = await this.thread.run(script);
      if (!useStructuredResult) return rows ?? lastInsertRowid;
      const result = new QueryResult();
      result.raw = rows ?? lastInsertRowid;
      if (rows) result.records = rows;
      else result.affected = changes;
      return result;
    } catch (error) {
      throw new QueryFailedError(sql, parameters, error as Error);
    }
  }
}

/** SQLite has no booleans. */
const bindable = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);
