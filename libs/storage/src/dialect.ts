import type { DataSource } from 'typeorm';

export type Dialect = 'sqlite' | 'mysql' | 'mariadb';

export const dialectOf = (source: DataSource): Dialect => {
  const type = source.options.type;
  return type === 'better-sqlite3' ? 'sqlite' : type === 'mariadb' ? 'mariadb' : 'mysql';
};

/** ` FOR UPDATE` where rows can be locked. SQLite has one writer at a time and needs none. */
export const forUpdate = (dialect: Dialect): string => (dialect === 'sqlite' ? '' : ' FOR UPDATE');

/** `?,?,?` for an IN list. */
export const marks = (count: number): string => Array<string>(count).fill('?').join(',');

/** `INSERT IGNORE` and its SQLite spelling: a row whose key is there stays as it is. */
export const insertIgnore = (dialect: Dialect): string => (dialect === 'sqlite' ? 'INSERT OR IGNORE' : 'INSERT IGNORE');
