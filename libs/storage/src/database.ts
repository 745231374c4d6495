import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { DunlinError } from '@dunlin/contracts';
import { failpointSync, passing } from '@dunlin/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { dialectOf, type Dialect } from './dialect.js';
import { asFailure, isTransient } from './failures.js';
import { WriteLine, type Place } from './write-line.js';
import { WriteWatch } from './write-watch.js';

const ATTEMPTS = 5;
/** Writes a page of an SQLite file, the one with this number, which nobody uses: reading goes on on a full disk. */
export const WRITE_OF_NOTHING = 'PRAGMA user_version = 0';
/** About as many as a send: where those that failed have left the log's end there may be room for one. */
const PAGES_OF_NOTHING = 8;

/**
 * One database: a reader and a writer. On MySQL they are two pools. On SQLite they are two connections to one file, so
 * that a reader never sees what a running transaction has not committed, and transactions queue, since TypeORM would
 * mix two that overlap on one connection.
 */
export class Database {
  readonly dialect: Dialect;
  private readonly running = new AsyncLocalStorage<EntityManager>();
  private readonly writes = new WriteWatch();
  private readonly line = new WriteLine();

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
   * @param place where it waits for its turn on SQLite
   * @throws DunlinError `unavailable` when the database is away; the outcome of the commit is then unknown; `busy` when too
   *   much else waits to be written
   */
  async transaction<T>(work: (tx: EntityManager) => Promise<T>, place: Place = 'others'): Promise<T> {
    const outer = this.running.getStore();
    if (outer) return work(outer);
    return this.dialect === 'sqlite' ? this.inLine(() => this.attempt(work), place) : this.attempt(work);
  }

  /** {@link read} by a statement of our own. */
  query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.read((from) => from.query<T[]>(sql, parameters));
  }

  /** @throws DunlinError `unavailable` when it cannot be read, or nothing has got into the SQLite file for seconds */
  async ping(): Promise<void> {
    await this.query('SELECT 1 AS one');
    this.writes.assertGoing(() => this.inLine(() => this.writeNothing(), 'messages'));
  }

  async close(): Promise<void> {
    await this.line.idle();
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

  private async writeNothing(): Promise<void> {
    for (let page = 0; page < PAGES_OF_NOTHING; page++) await this.attempt((tx) => tx.query(WRITE_OF_NOTHING));
  }

  private inLine<T>(work: () => Promise<T>, place: Place): Promise<T> {
    return this.line.run(() => this.writes.over(work), place);
  }
}

/** A row that was looked for. @throws DunlinError `not_found` when there is none */
export const mustExist = <T>(value: T | null | undefined): T => {
  if (value === null || value === undefined) throw new DunlinError('not_found');
  return value;
};
