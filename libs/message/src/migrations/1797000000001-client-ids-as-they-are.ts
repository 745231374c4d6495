import { runStatements } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By default texts that differ in spaces at their end are the same there (PAD SPACE), and so were two sends' ids. */
const withCollation = (collation: string): string[] => [
  `ALTER TABLE messages MODIFY clientMsgId varchar(64) CHARACTER SET utf8mb4 COLLATE ${collation} NOT NULL`,
];

export class ClientIdsAsTheyAre1797000000001 implements MigrationInterface {
  name = 'ClientIdsAsTheyAre1797000000001';

  up(runner: QueryRunner): Promise<void> {
    return runStatements(runner, {
      sqlite: [],
      mysql: withCollation('utf8mb4_0900_bin'),
      mariadb: withCollation('utf8mb4_nopad_bin'),
    });
  }

  down(runner: QueryRunner): Promise<void> {
    return runStatements(runner, { sqlite: [], mysql: withCollation('utf8mb4_bin') });
  }
}
