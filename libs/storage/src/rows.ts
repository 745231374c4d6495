import type { EntityManager } from 'typeorm';
import { marks, type Dialect } from './dialect.js';

/** What a column can hold. Times are milliseconds, booleans 0 and 1. */
export type Cell = string | number | null;

export interface Insert<Column extends string = string> {
  table: string;
  columns: readonly Column[];
  rows: readonly Readonly<Record<Column, Cell>>[];
  /** When a row with that key is there: leave it (`ignore`), or set these columns. Without it, a duplicate is an error. */
  onConflict?: 'ignore' | { key: readonly string[]; update: readonly Column[] };
}

/** A query runner that lets writes travel with the statement after them. */
export interface HoldsWrites {
  holdInsert(insert: Insert): void;
}

/**
 * Inserts many rows in one trip, within a transaction: one statement on MySQL, one that is run for each row on SQLite. It is
 * sent with the transaction's next statement, at the latest its COMMIT, and a failure surfaces there. Does nothing for no rows.
 */
export function insertRows<Column extends string>(tx: EntityManager, insert: Insert<Column>): void {
  if (insert.rows.length > 0) (tx.queryRunner as unknown as HoldsWrites).holdInsert(insert);
}

/** `column IN (…)` and its parameters. On SQLite it is one text for any number of values, which is prepared once. */
export function isIn(
  dialect: Dialect,
  column: string,
  values: readonly string[],
): { sql: string; parameters: unknown[] } {
  if (dialect === 'sqlite')
    return { sql: `${column} IN (SELECT value FROM json_each(?))`, parameters: [JSON.stringify(values)] };
  return { sql: `${column} IN (${marks(values.length)})`, parameters: [...values] };
}

/**
 * A table of ids and numbers made of one parameter, with columns `id` and `number`, to be joined by its `id`: the database
 * makes an index of it, so any number of them costs no more than looking each up.
 */
export function numbersById(dialect: Dialect, numbers: Record<string, number>): { sql: string; parameter: string } {
  // a bare column: with DISTINCT, or with an expression for the id, SQLite makes no index and walks all of them for each row
  if (dialect === 'sqlite')
    return { sql: '(SELECT key AS id, value AS number FROM json_each(?))', parameter: JSON.stringify(numbers) };
  // DISTINCT keeps it a table of its own, which is what gets an index
  const sql = `(SELECT DISTINCT id, number FROM JSON_TABLE(?, '$[*]' COLUMNS (
     id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$[0]', number BIGINT PATH '$[1]')) given)`;
  return { sql, parameter: JSON.stringify(Object.entries(numbers)) };
}
