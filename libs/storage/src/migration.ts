import type { QueryRunner } from 'typeorm';
import { dialectOf } from './dialect.js';

/** Runs the statements of the dialect at hand, in order. MariaDB shares MySQL's. */
export async function runStatements(
  runner: QueryRunner,
  statements: { sqlite: readonly string[]; mysql: readonly string[] },
): Promise<void> {
  const dialect = dialectOf(runner.connection);
  for (const statement of dialect === 'sqlite' ? statements.sqlite : statements.mysql) await runner.query(statement);
}
