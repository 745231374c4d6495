import { format, type PoolConnection, type QueryResult as Raw, type SqlValue } from 'mysql2';
import { QueryFailedError, QueryResult, type ReplicationMode } from 'typeorm';
import { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import { HeldStatements, type Statement } from '../held-statements.js';
import type { HoldsWrites, Insert } from '../rows.js';
import { mysqlInsert } from './mysql-insert.js';

/** TypeORM's MySQL driver for a pool with `multipleStatements`: a transaction's statements travel together. */
export class ScriptingMysqlDriver extends MysqlDriver {
  override createQueryRunner(mode: ReplicationMode): MysqlQueryRunner {
    return new ScriptingQueryRunner(this, mode);
  }
}

class ScriptingQueryRunner extends MysqlQueryRunner implements HoldsWrites {
  private readonly held = new HeldStatements('START TRANSACTION');

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
      const outcome = await send(connection, script.map(asText).join(';\n'));
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

const send = (connection: PoolConnection, sql: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    connection.query(sql, (error, outcome: Raw) => (error ? reject(error) : resolve(outcome)));
  });
