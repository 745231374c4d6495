import { DunlinError } from '@dunlin/contracts';

const codeOf = (error: unknown): string | undefined => {
  const failure = error as { code?: string; driverError?: { code?: string } } | null;
  return failure?.driverError?.code ?? failure?.code;
};

const RETRYABLE = new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD', 'SQLITE_BUSY']);

/** The transaction was rolled back by the database and would go through another time. */
export const isTransient = (error: unknown): boolean => RETRYABLE.has(codeOf(error) ?? '');

/** A row was locked by somebody for longer than one waits. */
export const isLockWait = (error: unknown): boolean =>
  codeOf(error) === 'ER_LOCK_WAIT_TIMEOUT' || (error instanceof DunlinError && isLockWait(error.cause));

const DUPLICATE = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_UNIQUE']);

/** A unique key was hit. */
export const isDuplicate = (error: unknown): boolean => {
  const code = codeOf(error) ?? '';
  if (DUPLICATE.has(code)) return true;
  return code.startsWith('SQLITE_CONSTRAINT') && /UNIQUE|PRIMARY/i.test(String((error as Error).message));
};

const AWAY =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|PROTOCOL_|POOL_|ER_CON_COUNT_ERROR|ER_SERVER_SHUTDOWN|ER_OPTION_PREVENTS_STATEMENT|ER_READ_ONLY_MODE|ER_DISK_FULL|ER_RECORD_FILE_FULL|SQLITE_FULL|SQLITE_IOERR|SQLITE_READONLY|SQLITE_BUSY|SQLITE_CANTOPEN|ER_LOCK)/;

const AWAY_MESSAGE = /closed state|not (?:yet )?established|Connection lost|pool is closed|connection is not open/i;

/** The database is not there, or stores nothing; that may pass. */
export const isAway = (error: unknown): boolean =>
  AWAY.test(codeOf(error) ?? '') || (error instanceof Error && AWAY_MESSAGE.test(error.message));

/** What the caller is told when the database failed: try again later, or (a bug) an internal error. */
export function asFailure(error: unknown): unknown {
  if (error instanceof DunlinError) return error;
  return isAway(error) ? new DunlinError('unavailable', { cause: error }) : error;
}
