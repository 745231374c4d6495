import { dirname, resolve } from 'node:path';
import { makeFolder } from '@dunlin/platform';
import type { DataSourceOptions } from 'typeorm';

interface Pragmas {
  pragma(text: string): unknown;
}

export const SQLITE_PRAGMAS = [
  'journal_mode=WAL',
  // an ack means on disk, power cut included
  'synchronous=FULL',
  'foreign_keys=ON',
  'busy_timeout=5000',
  'cache_size=-8000',
];

/** Pages in the write-ahead log (32 MiB) at which a commit moves them itself, if `Checkpoints` has not. */
export const WRITER_PRAGMA = 'wal_autocheckpoint=8000';

/** The path in `sqlite:<file>`; its folder is made. */
export function sqliteFile(url: string): string {
  const file = resolve(url.slice('sqlite:'.length).replace(/^\/\//, ''));
  makeFolder(dirname(file));
  return file;
}

export async function sqliteOptions(url: string): Promise<DataSourceOptions> {
  // It speaks better-sqlite3's interface and comes prebuilt inside its npm package; better-sqlite3 would compile.
  const { default: libsql } = (await import('libsql')) as { default: unknown };
  return {
    type: 'better-sqlite3',
    driver: libsql,
    database: sqliteFile(url),
    prepareDatabase: (db: Pragmas) => SQLITE_PRAGMAS.forEach((pragma) => db.pragma(pragma)),
  };
}
