import { runStatements } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const sqlite = [`ALTER TABLE "sessions" ADD COLUMN "refreshId" varchar(64)`];
const mysql = ['ALTER TABLE `sessions` ADD COLUMN `refreshId` varchar(64) NULL'];

export class RefreshId1797700000001 implements MigrationInterface {
  name = 'RefreshId1797700000001';

  up(runner: QueryRunner): Promise<void> {
    return runStatements(runner, { sqlite, mysql });
  }

  down(runner: QueryRunner): Promise<void> {
    const drop = ['ALTER TABLE sessions DROP COLUMN refreshId'];
    return runStatements(runner, { sqlite: drop, mysql: drop });
  }
}
