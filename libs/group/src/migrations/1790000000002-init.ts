import { runStatements } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const sqlite = [
  `CREATE TABLE "group_outbox" ("id" varchar(64) PRIMARY KEY NOT NULL, "aggregate" varchar(140) NOT NULL, "position" bigint NOT NULL, "type" varchar(64) NOT NULL, "payload" text NOT NULL, "createdAt" bigint NOT NULL)`,
  `CREATE INDEX "IDX_2ce1ae1db66bb22a93bb945d49" ON "group_outbox" ("aggregate")`,
  `CREATE TABLE "group_requests" ("requestId" varchar(64) PRIMARY KEY NOT NULL, "result" text, "createdAt" bigint NOT NULL)`,
  `CREATE INDEX "IDX_8648256943a005783705420dbc" ON "group_requests" ("createdAt")`,
  `CREATE TABLE "chat_groups" ("id" varchar(64) PRIMARY KEY NOT NULL, "name" varchar(64) NOT NULL, "nameKey" varchar(128) NOT NULL, "joinPolicy" varchar(8) NOT NULL, "ownerId" varchar(64) NOT NULL, "avatarMediaId" varchar(64), "memberCount" integer NOT NULL DEFAULT (0), "version" bigint NOT NULL DEFAULT (0), "createdAt" bigint NOT NULL, "dissolvedAt" bigint) WITHOUT ROWID`,
  `CREATE INDEX "ix_chat_groups_name" ON "chat_groups" ("nameKey", "id")`,
  `CREATE TABLE "group_join_requests" ("groupId" varchar(64) NOT NULL, "userId" varchar(64) NOT NULL, "message" varchar(200) NOT NULL, "createdAt" bigint NOT NULL, "rejectedAt" bigint, PRIMARY KEY ("groupId", "userId")) WITHOUT ROWID`,
  `CREATE INDEX "ix_group_join_requests_created" ON "group_join_requests" ("groupId", "createdAt", "userId")`,
  `CREATE TABLE "group_members" ("groupId" varchar(64) NOT NULL, "userId" varchar(64) NOT NULL, "role" varchar(8) NOT NULL, "mutedUntil" bigint, "joinedAt" bigint NOT NULL, PRIMARY KEY ("groupId", "userId")) WITHOUT ROWID`,
  `CREATE INDEX "ix_group_members_user" ON "group_members" ("userId", "joinedAt", "groupId")`,
  `CREATE INDEX "ix_group_members_joined" ON "group_members" ("groupId", "joinedAt", "userId")`,
  `CREATE TABLE "group_mutes" ("groupId" varchar(64) NOT NULL, "userId" varchar(64) NOT NULL, "mutedUntil" bigint NOT NULL, PRIMARY KEY ("groupId", "userId")) WITHOUT ROWID`,
];

const mysql = [
  `CREATE TABLE \`group_outbox\` (\`id\` varchar(64) NOT NULL, \`aggregate\` varchar(140) NOT NULL, \`position\` bigint NOT NULL, \`type\` varchar(64) NOT NULL, \`payload\` text NOT NULL, \`createdAt\` bigint NOT NULL, INDEX \`IDX_2ce1ae1db66bb22a93bb945d49\` (\`aggregate\`), PRIMARY KEY (\`id\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`group_requests\` (\`requestId\` varchar(64) NOT NULL, \`result\` text NULL, \`createdAt\` bigint NOT NULL, INDEX \`IDX_8648256943a005783705420dbc\` (\`createdAt\`), PRIMARY KEY (\`requestId\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`chat_groups\` (\`id\` varchar(64) NOT NULL, \`name\` varchar(64) NOT NULL, \`nameKey\` varchar(128) NOT NULL, \`joinPolicy\` varchar(8) NOT NULL, \`ownerId\` varchar(64) NOT NULL, \`avatarMediaId\` varchar(64) NULL, \`memberCount\` int NOT NULL DEFAULT '0', \`version\` bigint NOT NULL DEFAULT '0', \`createdAt\` bigint NOT NULL, \`dissolvedAt\` bigint NULL, INDEX \`ix_chat_groups_name\` (\`nameKey\`, \`id\`), PRIMARY KEY (\`id\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`group_join_requests\` (\`groupId\` varchar(64) NOT NULL, \`userId\` varchar(64) NOT NULL, \`message\` varchar(200) NOT NULL, \`createdAt\` bigint NOT NULL, \`rejectedAt\` bigint NULL, INDEX \`ix_group_join_requests_created\` (\`groupId\`, \`createdAt\`, \`userId\`), PRIMARY KEY (\`groupId\`, \`userId\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`group_members\` (\`groupId\` varchar(64) NOT NULL, \`userId\` varchar(64) NOT NULL, \`role\` varchar(8) NOT NULL, \`mutedUntil\` bigint NULL, \`joinedAt\` bigint NOT NULL, INDEX \`ix_group_members_user\` (\`userId\`, \`joinedAt\`, \`groupId\`), INDEX \`ix_group_members_joined\` (\`groupId\`, \`joinedAt\`, \`userId\`), PRIMARY KEY (\`groupId\`, \`userId\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`group_mutes\` (\`groupId\` varchar(64) NOT NULL, \`userId\` varchar(64) NOT NULL, \`mutedUntil\` bigint NOT NULL, PRIMARY KEY (\`groupId\`, \`userId\`)) ENGINE=InnoDB`,
];

export class GroupInit1790000000002 implements MigrationInterface {
  name = 'GroupInit1790000000002';

  up(runner: QueryRunner): Promise<void> {
    return runStatements(runner, { sqlite, mysql });
  }

  down(): Promise<void> {
    throw new Error('There is no way back from the first migration but a backup');
  }
}
