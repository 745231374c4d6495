import { escape } from 'mysql2';
import type { Statement } from '../held-statements.js';
import type { Insert } from '../rows.js';

/** Values are escaped one by one: to fill marks into a long text, the driver would search all of it for them. */
export function mysqlInsert({ table, columns, rows, onConflict }: Insert): Statement {
  const ignore = onConflict === 'ignore' ? ' IGNORE' : '';
  const tuples = rows.map((row) => `(${columns.map((column) => escape(row[column])).join(',')})`);
  let sql = `INSERT${ignore} INTO ${table} (${columns.join(', ')}) VALUES ${tuples.join(',')}`;
  if (typeof onConflict === 'object') {
    // VALUES() rather than MySQL's row alias, since MariaDB, Vitess and TiDB know only that
    const sets = onConflict.update.map((column) => `${column}=VALUES(${column})`);
    sql += ` ON DUPLICATE KEY UPDATE ${sets.join(', ')}`;
  }
  return [sql, []];
}
