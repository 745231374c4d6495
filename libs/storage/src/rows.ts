import type { EntityManager } from 'typeorm';
import { dialectOf, marks, type Dialect } from './dialect.js';
import type { HoldsWrites } from './sqlite/threaded-driver.js';

export interface Insert<Row> {
  table: string;
  columns: readonly (keyof Row & string)[];
  rows: readonly Row[];
  /** When a row with that key is there: leave it (`ignore`), or set these columns. Without it, a duplicate is an error. */
  onConflict?: 'ignore' | { key: readonly string[]; update: readonly (keyof Row & string)[] };
}

/**
 * Inserts many rows in one statement. SQLite gets them as one JSON parameter, so that the text is the same for any
 * number of rows and is prepared once; MySQL parses `VALUES` faster than it would parse JSON. Does nothing for no rows.
 * On SQLite a failure surfaces with the transaction's next statement, at the latest its COMMIT.
 */
export async function insertRows<Row>(tx: EntityManager, insert: Insert<Row>): Promise<void> {
  const { table, columns, rows, onConflict } = insert;
  if (rows.length === 0) return;
  const dialect = dialectOf(tx.dataSource);
  const ignore = onConflict === 'ignore' ? (dialect === 'sqlite' ? ' OR IGNORE' : ' IGNORE') : '';
  const into = `INSERT${ignore} INTO ${table} (${columns.join(', ')})`;
  const values = rows.map((row) => columns.map((column) => row[column]));
  if (dialect === 'sqlite') {
    const picked = columns.map((_, index) => `value->>${index}`).join(', ');
    // "WHERE true" tells the upsert's ON from a join's
    const sql = `${into} SELECT ${picked} FROM json_each(?) WHERE true${conflictClause(dialect, onConflict)}`;
    hold(tx, sql, [JSON.stringify(values)]);
  } else {
    const row = `(${marks(columns.length)})`;
    const sql = `${into} VALUES ${Array<string>(rows.length).fill(row).join(',')}${conflictClause(dialect, onConflict)}`;
    await tx.query(sql, values.flat());
  }
}

const hold = (tx: EntityManager, sql: string, parameters: unknown[]): void =>
  (tx.queryRunner as unknown as HoldsWrites).hold(sql, parameters);

/** `VALUES()` rather than MySQL's row alias, since MariaDB, Vitess and TiDB know only that. */
function conflictClause(dialect: Dialect, conflict: Insert<never>['onConflict']): string {
  if (conflict === undefined || conflict === 'ignore') return '';
  if (dialect === 'sqlite')
    return ` ON CONFLICT (${conflict.key.join(',')}) DO UPDATE SET ${conflict.update.map((c) => `${String(c)}=excluded.${String(c)}`).join(',')}`;
  return ` ON DUPLICATE KEY UPDATE ${conflict.update.map((c) => `${String(c)}=VALUES(${String(c)})`).join(',')}`;
}

/** `column IN (…)` and its parameters; on SQLite one text for any number of values, see {@link insertRows}. */
export function isIn(
  dialect: Dialect,
  column: string,
  values: readonly string[],
): { sql: string; parameters: unknown[] } {
  if (dialect === 'sqlite')
    return { sql: `${column} IN (SELECT value FROM json_each(?))`, parameters: [JSON.stringify(values)] };
  return { sql: `${column} IN (${marks(values.length)})`, parameters: [...values] };
}
