import { runStatements } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const sqlite = [
  `CREATE TABLE "group_foundings" ("founderId" varchar(64) NOT NULL, "clientGroupId" varchar(64) NOT NULL, "groupId" varchar(64) NOT NULL, "digest" varchar(64) NOT NULL, "createdAt" bigint NOT NULL, PRIMARY KEY ("founderId", "clientGroupId")) WITHOUT ROWID`,
];
const mysql = [
  `CREATE TABLE \`group_foundings\` (\`founderId\` varchar(64) NOT NULL, \`clientGroupId\` varchar(64) NOT NULL, \`groupId\` varchar(64) NOT NULL, \`digest\` varchar(64) NOT NULL, \`createdAt\` bigint NOT NULL, PRIMARY KEY (\`founderId\`, \`clientGroupId\`)) ENGINE=InnoDB`,
];

export class Foundings1798000000002 implements MigrationInterface {
  name = 'Foundings1798000000002';

  up(runner: QueryRunner): Promise<void> {
    return runStatements(runner, { sqlite, mysql });
  }

  down(runner: QueryRunner): Promise<void> {
    const drop = ['DROP TABLE group_foundings'];
    return runStatements(runner, { sqlite: drop, mysql: drop });
  }
}
