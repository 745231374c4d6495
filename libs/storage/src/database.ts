import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { DunlinError } from '@dunlin/contracts';
import { failpointSync, passing } from '@dunlin/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { dialectOf, type Dialect } from './dialect.js';
import { asFailure, isTransient } from './failures.js';
import { WriteWatch } from './write-watch.js';

const ATTEMPTS = 5;

/**
 * One database: a reader and a writer. On MySQL they are two pools. On SQLite they are two connections to one file, so
 * that a reader never sees what a running transaction has not committed, and transactions queue, since TypeORM would
 * mix two that overlap on one connection.
 */
export class Database {
  readonly dialect: Dialect;
  private readonly running = new AsyncLocalStorage<EntityManager>();
  private readonly writes = new WriteWatch();
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly writer: DataSource,
    private readonly reader: DataSource,
    /** Called at the end. */
    private readonly closed: () => void,
  ) {
    this.dialect = dialectOf(writer);
  }

  /**
   * Reads through the entities: outside of a transaction what is committed, inside of one what it sees.
   * @throws DunlinError `unavailable` when the database is away
   */
  async read<T>(work: (from: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await work(this.running.getStore() ?? this.reader.manager);
    } catch (error) {
      throw asFailure(error);
    }
  }

  /**
   * Runs `work` in one transaction; inside of a running one it joins that. A deadlock or lock time-out is tried again,
   * so `work` must have no effect but on the database.
   * @throws DunlinError `unavailable` when the database is away; the outcome of the commit is then unknown
   */
  async transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const outer = this.running.getStore();
    if (outer) return work(outer);
    return this.dialect === 'sqlite'
      ? this.queued(() => this.writes.over(() => this.attempt(work)))
      : this.attempt(work);
  }

  /** {@link read} by a statement of our own. */
  query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.read((from) => from.query<T[]>(sql, parameters));
  }

  /** @throws DunlinError `unavailable` when it cannot be read, or nothing has got into the SQLite file for seconds */
  async ping(): Promise<void> {
    await this.query('SELECT 1 AS one');
    // takes the lock, and writes nothing
    this.writes.assertGoing(() => this.transaction((tx) => tx.query('SELECT 1 AS one')));
  }

  async close(): Promise<void> {
    await this.tail.catch(() => undefined);
    await this.reader.destroy();
    await this.writer.destroy();
    this.closed();
  }

  private async attempt<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        failpointSync('storage.before-begin');
        return await this.writer
          .transaction((tx) => this.running.run(tx, () => work(tx).then(passing('storage.before-commit'))))
          .then(passing('storage.after-commit'));
      } catch (error) {
        if (!isTransient(error) || attempt === ATTEMPTS) throw asFailure(error);
        await delay(attempt * 5 + Math.random() * 20);
      }
    }
  }

  private queued<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work, work);
    this.tail = result.catch(() => undefined);
    return result;
  }
}

/** A row that was looked for. @throws DunlinError `not_found` when there is none */
export const mustExist = <T>(value: T | null | undefined): T => {
  if (value === null || value === undefined) throw new DunlinError('not_found');
  return value;
};
