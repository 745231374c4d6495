import { runStatements } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const sqlite = [`ALTER TABLE "media" ADD COLUMN "name" varchar(255)`];
const mysql = ['ALTER TABLE `media` ADD COLUMN `name` varchar(255) NULL'];

export class MediaName1795000000001 implements MigrationInterface {
  name = 'MediaName1795000000001';

  up(runner: QueryRunner): Promise<void> {
    return runStatements(runner, { sqlite, mysql });
  }

  down(runner: QueryRunner): Promise<void> {
    const drop = ['ALTER TABLE media DROP COLUMN name'];
    return runStatements(runner, { sqlite: drop, mysql: drop });
  }
}
