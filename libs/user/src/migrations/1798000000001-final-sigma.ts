import { runStatements } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What nameKey() has made of the names before it knew that a sigma is a sigma, at the end of a word as well. */
const fold = [`UPDATE users SET nameKey = REPLACE(nameKey, 'ς', 'σ') WHERE nameKey LIKE '%ς%'`];

export class UserFinalSigma1798000000001 implements MigrationInterface {
  name = 'UserFinalSigma1798000000001';

  up(runner: QueryRunner): Promise<void> {
    return runStatements(runner, { sqlite: fold, mysql: fold });
  }

  /** Where a word ended, the names themselves say; a search by an older version misses those. */
  async down(): Promise<void> {}
}
