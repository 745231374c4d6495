import type { Statement } from '../held-statements.js';
import type { Insert } from '../rows.js';

/** Rows travel as one JSON parameter, so that the text is the same for any number of them and is prepared once. */
export function sqliteInsert({ table, columns, rows, onConflict }: Insert): Statement {
  const ignore = onConflict === 'ignore' ? ' OR IGNORE' : '';
  const picked = columns.map((_, index) => `value->>${index}`);
  const values = rows.map((row) => columns.map((column) => row[column]));
  let sql = `INSERT${ignore} INTO ${table} (${columns.join(', ')}) SELECT ${picked.join(', ')} FROM json_each(?)`;
  if (typeof onConflict === 'object') {
    const sets = onConflict.update.map((column) => `${column}=excluded.${column}`);
    // "WHERE true" tells the upsert's ON from a join's
    sql += ` WHERE true ON CONFLICT (${onConflict.key.join(', ')}) DO UPDATE SET ${sets.join(', ')}`;
  }
  return [sql, [JSON.stringify(values)]];
}
