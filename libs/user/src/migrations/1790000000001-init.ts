import { runStatements } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const sqlite = [
  `CREATE TABLE "users" ("id" varchar(64) PRIMARY KEY NOT NULL, "username" varchar(32) NOT NULL, "usernameKey" varchar(32) NOT NULL, "displayName" varchar(64) NOT NULL, "nameKey" varchar(255) NOT NULL, "avatarMediaId" varchar(64), "passwordHash" varchar(255) NOT NULL, "createdAt" bigint NOT NULL, "lastSeenAt" bigint, "version" integer NOT NULL DEFAULT (0))`,
  `CREATE INDEX "ix_users_name_key" ON "users" ("nameKey", "id")`,
  `CREATE UNIQUE INDEX "uq_users_username_key" ON "users" ("usernameKey")`,
  `CREATE TABLE "friend_requests" ("id" varchar(64) PRIMARY KEY NOT NULL, "fromId" varchar(64) NOT NULL, "toId" varchar(64) NOT NULL, "message" varchar(200) NOT NULL, "status" varchar(16) NOT NULL, "createdAt" bigint NOT NULL)`,
  `CREATE INDEX "ix_friend_requests_from" ON "friend_requests" ("fromId", "status", "createdAt")`,
  `CREATE INDEX "ix_friend_requests_to" ON "friend_requests" ("toId", "status", "createdAt")`,
  `CREATE TABLE "ties" ("lowId" varchar(64) NOT NULL, "highId" varchar(64) NOT NULL, "friendsSince" bigint, "lowBlockedAt" bigint, "highBlockedAt" bigint, "version" integer NOT NULL DEFAULT (0), PRIMARY KEY ("lowId", "highId")) WITHOUT ROWID`,
  `CREATE INDEX "ix_ties_high" ON "ties" ("highId")`,
  `CREATE TABLE "sessions" ("id" varchar(64) PRIMARY KEY NOT NULL, "userId" varchar(64) NOT NULL, "generation" integer NOT NULL DEFAULT (1), "device" varchar(64), "createdAt" bigint NOT NULL, "lastUsedAt" bigint NOT NULL, "expiresAt" bigint NOT NULL, "revokedAt" bigint, "revokeReason" varchar(32))`,
  `CREATE INDEX "ix_sessions_user" ON "sessions" ("userId")`,
  `CREATE TABLE "user_outbox" ("id" varchar(64) PRIMARY KEY NOT NULL, "aggregate" varchar(140) NOT NULL, "position" bigint NOT NULL, "type" varchar(64) NOT NULL, "payload" text NOT NULL, "createdAt" bigint NOT NULL)`,
  `CREATE INDEX "IDX_685172c9cc95c55e2e9be0ecec" ON "user_outbox" ("aggregate")`,
  `CREATE TABLE "user_requests" ("requestId" varchar(64) PRIMARY KEY NOT NULL, "result" text, "createdAt" bigint NOT NULL)`,
  `CREATE INDEX "IDX_dcebc460f9c36ba14add426c73" ON "user_requests" ("createdAt")`,
];

const mysql = [
  `CREATE TABLE \`users\` (\`id\` varchar(64) NOT NULL, \`username\` varchar(32) NOT NULL, \`usernameKey\` varchar(32) NOT NULL, \`displayName\` varchar(64) NOT NULL, \`nameKey\` varchar(255) NOT NULL, \`avatarMediaId\` varchar(64) NULL, \`passwordHash\` varchar(255) NOT NULL, \`createdAt\` bigint NOT NULL, \`lastSeenAt\` bigint NULL, \`version\` int NOT NULL DEFAULT '0', INDEX \`ix_users_name_key\` (\`nameKey\`, \`id\`), UNIQUE INDEX \`uq_users_username_key\` (\`usernameKey\`), PRIMARY KEY (\`id\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`friend_requests\` (\`id\` varchar(64) NOT NULL, \`fromId\` varchar(64) NOT NULL, \`toId\` varchar(64) NOT NULL, \`message\` varchar(200) NOT NULL, \`status\` varchar(16) NOT NULL, \`createdAt\` bigint NOT NULL, INDEX \`ix_friend_requests_from\` (\`fromId\`, \`status\`, \`createdAt\`), INDEX \`ix_friend_requests_to\` (\`toId\`, \`status\`, \`createdAt\`), PRIMARY KEY (\`id\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`ties\` (\`lowId\` varchar(64) NOT NULL, \`highId\` varchar(64) NOT NULL, \`friendsSince\` bigint NULL, \`lowBlockedAt\` bigint NULL, \`highBlockedAt\` bigint NULL, \`version\` int NOT NULL DEFAULT '0', INDEX \`ix_ties_high\` (\`highId\`), PRIMARY KEY (\`lowId\`, \`highId\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`sessions\` (\`id\` varchar(64) NOT NULL, \`userId\` varchar(64) NOT NULL, \`generation\` int NOT NULL DEFAULT '1', \`device\` varchar(64) NULL, \`createdAt\` bigint NOT NULL, \`lastUsedAt\` bigint NOT NULL, \`expiresAt\` bigint NOT NULL, \`revokedAt\` bigint NULL, \`revokeReason\` varchar(32) NULL, INDEX \`ix_sessions_user\` (\`userId\`), PRIMARY KEY (\`id\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`user_outbox\` (\`id\` varchar(64) NOT NULL, \`aggregate\` varchar(140) NOT NULL, \`position\` bigint NOT NULL, \`type\` varchar(64) NOT NULL, \`payload\` text NOT NULL, \`createdAt\` bigint NOT NULL, INDEX \`IDX_685172c9cc95c55e2e9be0ecec\` (\`aggregate\`), PRIMARY KEY (\`id\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`user_requests\` (\`requestId\` varchar(64) NOT NULL, \`result\` text NULL, \`createdAt\` bigint NOT NULL, INDEX \`IDX_dcebc460f9c36ba14add426c73\` (\`createdAt\`), PRIMARY KEY (\`requestId\`)) ENGINE=InnoDB`,
];

export class UserInit1790000000001 implements MigrationInterface {
  name = 'UserInit1790000000001';

  up(runner: QueryRunner): Promise<void> {
    return runStatements(runner, { sqlite, mysql });
  }

  down(): Promise<void> {
    throw new Error('There is no way back from the first migration but a backup');
  }
}
