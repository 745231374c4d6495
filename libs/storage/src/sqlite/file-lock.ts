import { closeSync, openSync, realpathSync } from 'node:fs';
import { StartError } from '@dunlin/platform';
import Database from 'libsql';

/** Held by one process, and let go of by the system when that ends, however it ends. */
export interface FileLock {
  release(): void;
}

/**
 * Says that this process is the one server of an SQLite file: a second one would know nothing of the first one's
 * sessions, sockets and queues. It is a lock on a file beside it, so that backups and tools may go on reading; beside the file
 * itself, not beside a link to it.
 * @throws StartError when another process has it
 */
export function lockFile(file: string): FileLock {
  // made here if need be: a link to what is not there yet has no real path
  closeSync(openSync(file, 'a'));
  const lock = new Database(`${realpathSync(file)}.lock`);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw (error as { code?: string }).code === 'SQLITE_BUSY'
      ? new StartError('Another server is using this database. Stop it, or give this one a DATA_DIR of its own.')
      : error;
  }
  return { release: () => lock.close() };
}
