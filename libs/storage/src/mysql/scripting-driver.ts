import { format, type PoolConnection, type QueryResult as Raw, type SqlValue } from 'mysql2';
import { QueryFailedError, QueryResult, type ReplicationMode } from 'typeorm';
import { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import { HeldStatements, type Statement } from '../held-statements.js';
import type { HoldsWrites, Insert } from '../rows.js';
import { mysqlInsert } from './mysql-insert.js';

/**
 * Milliseconds for a statement's answer. A connection that has gone silent (a failover, a firewall that forgot it) would
 * else hold its transaction up for as long as TCP tries.
 */
const ANSWER_MS = 10_000;

/** TypeORM's MySQL driver; with a pool that has `multipleStatements` a transaction's statements travel together. */
export class ScriptingMysqlDriver extends MysqlDriver {
  override createQueryRunner(mode: ReplicationMode): MysqlQueryRunner {
    return new ScriptingQueryRunner(this, mode);
  }
}

class ScriptingQueryRunner extends MysqlQueryRunner implements HoldsWrites {
  private readonly held = new HeldStatements('START TRANSACTION');
  /** A change of the schema takes as long as it takes. */
  private timeoutMs: number | undefined = ANSWER_MS;

  override async beforeMigration(): Promise<void> {
    this.timeoutMs = undefined;
  }

  override async afterMigration(): Promise<void> {
    this.timeoutMs = ANSWER_MS;
  }

  holdInsert(insert: Insert): void {
    this.held.hold(mysqlInsert(insert));
  }

  /** As in the base class, less what this project has none of: query logging and query subscribers. */
  override async query(
    sql: string,
    parameters: unknown[] = [],
    useStructuredResult = false,
  ): ReturnType<MysqlQueryRunner['query']> {
    const script = this.held.scriptFor(sql, parameters);
    if (script.length === 0) return undefined;
    const connection = (await this.connect()) as PoolConnection;
    try {
      const outcome = await send(connection, script.map(asText).join(';\n'), this.timeoutMs);
      const raw = script.length === 1 ? outcome : (outcome as unknown[])[script.length - 1];
      if (!useStructuredResult) return raw;
      const result = new QueryResult();
      result.raw = raw;
      if (Array.isArray(raw)) result.records = raw;
      else result.affected = (raw as { affectedRows?: number }).affectedRows;
      return result;
    } catch (error) {
      throw new QueryFailedError(sql, parameters, error as Error);
    }
  }
}

const asText = ([sql, parameters]: Statement): string =>
  parameters.length === 0 ? sql : format(sql, parameters as SqlValue[]);

const send = (connection: PoolConnection, sql: string, timeout: number | undefined): Promise<unknown> =>
  new Promise((resolve, reject) => {
    connection.query({ sql, timeout }, (error, outcome: Raw) => {
      if (!error) return resolve(outcome);
      // mysql2 leaves the statement at the head of the connection's queue
      if (error.code === 'PROTOCOL_SEQUENCE_TIMEOUT') connection.destroy();
      reject(error);
    });
  });
