import { QueryFailedError, type QueryRunner } from 'typeorm';
import { dialectOf } from './dialect.js';

/** What MySQL says of a statement that has been done already. */
const DONE = new Set(['ER_TABLE_EXISTS_ERROR', 'ER_DUP_FIELDNAME', 'ER_DUP_KEYNAME', 'ER_CANT_DROP_FIELD_OR_KEY']);

/**
 * Runs the statements of the dialect at hand, in order; MariaDB shares MySQL's unless it has its own. On SQLite a migration
 * is one transaction. On the others every statement that changes the schema commits by itself, so one that was cut off is
 * taken up where it stopped.
 */
export async function runStatements(
  runner: QueryRunner,
  statements: { sqlite: readonly string[]; mysql: readonly string[]; mariadb?: readonly string[] },
): Promise<void> {
  const dialect = dialectOf(runner.connection);
  if (dialect === 'sqlite') {
    for (const statement of statements.sqlite) await runner.query(statement);
    return;
  }
  for (const statement of statements[dialect] ?? statements.mysql) {
    try {
      await runner.query(statement);
    } catch (error) {
      if (!isDone(error)) throw error;
    }
  }
}

const isDone = (error: unknown): boolean =>
  error instanceof QueryFailedError && DONE.has((error.driverError as { code?: string }).code ?? '');
