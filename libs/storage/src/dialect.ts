import type { DataSource } from 'typeorm';

export type Dialect = 'sqlite' | 'mysql' | 'mariadb';

export const dialectOf = (source: DataSource): Dialect => {
  const type = source.options.type;
  return type === 'better-sqlite3' ? 'sqlite' : type === 'mariadb' ? 'mariadb' : 'mysql';
};

/** ` FOR UPDATE` where rows can be locked. SQLite has one writer at a time and needs none. */
export const forUpdate = (dialect: Dialect): string => (dialect === 'sqlite' ? '' : ' FOR UPDATE');

/** `(?,?,?),(?,?,?)` for `rows` rows of `columns` values. */
export const placeholders = (rows: number, columns: number): string => {
  const row = `(${Array<string>(columns).fill('?').join(',')})`;
  return Array<string>(rows).fill(row).join(',');
};

/** `?,?,?` for an IN list. */
export const marks = (count: number): string => Array<string>(count).fill('?').join(',');

/**
 * The end of an upsert: what to set when the key is there. `VALUES()` rather than MySQL's row alias, since MariaDB,
 * Vitess and TiDB know only that.
 */
export function onConflict(dialect: Dialect, key: readonly string[], columns: readonly string[]): string {
  if (dialect === 'sqlite')
    return ` ON CONFLICT (${key.join(',')}) DO UPDATE SET ${columns.map((c) => `${c}=excluded.${c}`).join(',')}`;
  return ` ON DUPLICATE KEY UPDATE ${columns.map((c) => `${c}=VALUES(${c})`).join(',')}`;
}

/** `INSERT IGNORE` and its SQLite spelling: a row whose key is there stays as it is. */
export const insertIgnore = (dialect: Dialect): string => (dialect === 'sqlite' ? 'INSERT OR IGNORE' : 'INSERT IGNORE');

/** A LIKE pattern for "starts with", in which the text's own `%`, `_` and `\` mean themselves. Use with `ESCAPE '!'`. */
export const startsWith = (text: string): string => `${text.replace(/[!%_]/g, '!$&')}%`;
