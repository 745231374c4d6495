import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DataSourceOptions } from 'typeorm';

interface Pragmas {
  pragma(text: string): unknown;
}

/** The path in `sqlite:<file>`. */
export const sqliteFile = (url: string): string => resolve(url.slice('sqlite:'.length).replace(/^\/\//, ''));

export async function sqliteOptions(url: string): Promise<DataSourceOptions> {
  const file = sqliteFile(url);
  mkdirSync(dirname(file), { recursive: true });
  // It speaks better-sqlite3's interface and comes prebuilt inside its npm package; better-sqlite3 would compile.
  const { default: libsql } = (await import('libsql')) as { default: unknown };
  return {
    type: 'better-sqlite3',
    driver: libsql,
    database: file,
    prepareDatabase: (db: Pragmas) => {
      db.pragma('journal_mode=WAL');
      // an ack means on disk, power cut included
      db.pragma('synchronous=FULL');
      db.pragma('foreign_keys=ON');
      db.pragma('busy_timeout=5000');
      db.pragma('cache_size=-8000');
    },
  };
}
