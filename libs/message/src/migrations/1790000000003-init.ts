import { runStatements } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const sqlite = [
  `CREATE TABLE "conversations" ("id" varchar(64) PRIMARY KEY NOT NULL, "type" varchar(8) NOT NULL, "lowId" varchar(64), "highId" varchar(64), "lastSeq" integer NOT NULL DEFAULT (0), "counted" integer NOT NULL DEFAULT (0), "version" bigint NOT NULL DEFAULT (0), "friends" integer NOT NULL DEFAULT (0), "lowBlocked" integer NOT NULL DEFAULT (0), "highBlocked" integer NOT NULL DEFAULT (0), "closed" integer NOT NULL DEFAULT (0), "createdAt" bigint NOT NULL, "updatedAt" bigint NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE "conversation_members" ("conversationId" varchar(64) NOT NULL, "userId" varchar(64) NOT NULL, "joinedSeq" integer NOT NULL DEFAULT (1), "leftSeq" integer, "readSeq" integer NOT NULL DEFAULT (0), "readCounted" integer NOT NULL DEFAULT (0), "mutedUntil" bigint, "muted" integer NOT NULL DEFAULT (0), "pinned" integer NOT NULL DEFAULT (0), PRIMARY KEY ("conversationId", "userId")) WITHOUT ROWID`,
  `CREATE INDEX "ix_conversation_members_user" ON "conversation_members" ("userId")`,
  `CREATE TABLE "messages" ("conversationId" varchar(64) NOT NULL, "seq" integer NOT NULL, "senderId" varchar(64) NOT NULL, "clientMsgId" varchar(64) NOT NULL, "type" varchar(8) NOT NULL, "content" text NOT NULL, "replySeq" integer, "counted" integer NOT NULL, "sentAt" bigint NOT NULL, PRIMARY KEY ("conversationId", "seq")) WITHOUT ROWID`,
  `CREATE UNIQUE INDEX "uq_messages_client_id" ON "messages" ("conversationId", "senderId", "clientMsgId")`,
  `CREATE TABLE "media" ("id" varchar(64) PRIMARY KEY NOT NULL, "uploaderId" varchar(64) NOT NULL, "mime" varchar(127) NOT NULL, "size" bigint NOT NULL, "width" integer, "height" integer, "blurhash" varchar(128), "hasThumbnail" integer NOT NULL DEFAULT (0), "avatar" integer NOT NULL DEFAULT (0), "createdAt" bigint NOT NULL)`,
  `CREATE TABLE "message_media" ("mediaId" varchar(64) NOT NULL, "conversationId" varchar(64) NOT NULL, "seq" integer NOT NULL, PRIMARY KEY ("mediaId", "conversationId", "seq")) WITHOUT ROWID`,
];

const mysql = [
  `CREATE TABLE \`conversations\` (\`id\` varchar(64) NOT NULL, \`type\` varchar(8) NOT NULL, \`lowId\` varchar(64) NULL, \`highId\` varchar(64) NULL, \`lastSeq\` int NOT NULL DEFAULT '0', \`counted\` int NOT NULL DEFAULT '0', \`version\` bigint NOT NULL DEFAULT '0', \`friends\` int NOT NULL DEFAULT '0', \`lowBlocked\` int NOT NULL DEFAULT '0', \`highBlocked\` int NOT NULL DEFAULT '0', \`closed\` int NOT NULL DEFAULT '0', \`createdAt\` bigint NOT NULL, \`updatedAt\` bigint NOT NULL, PRIMARY KEY (\`id\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`conversation_members\` (\`conversationId\` varchar(64) NOT NULL, \`userId\` varchar(64) NOT NULL, \`joinedSeq\` int NOT NULL DEFAULT '1', \`leftSeq\` int NULL, \`readSeq\` int NOT NULL DEFAULT '0', \`readCounted\` int NOT NULL DEFAULT '0', \`mutedUntil\` bigint NULL, \`muted\` int NOT NULL DEFAULT '0', \`pinned\` int NOT NULL DEFAULT '0', INDEX \`ix_conversation_members_user\` (\`userId\`), PRIMARY KEY (\`conversationId\`, \`userId\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`messages\` (\`conversationId\` varchar(64) NOT NULL, \`seq\` int NOT NULL, \`senderId\` varchar(64) NOT NULL, \`clientMsgId\` varchar(64) NOT NULL, \`type\` varchar(8) NOT NULL, \`content\` text NOT NULL, \`replySeq\` int NULL, \`counted\` int NOT NULL, \`sentAt\` bigint NOT NULL, UNIQUE INDEX \`uq_messages_client_id\` (\`conversationId\`, \`senderId\`, \`clientMsgId\`), PRIMARY KEY (\`conversationId\`, \`seq\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`media\` (\`id\` varchar(64) NOT NULL, \`uploaderId\` varchar(64) NOT NULL, \`mime\` varchar(127) NOT NULL, \`size\` bigint NOT NULL, \`width\` int NULL, \`height\` int NULL, \`blurhash\` varchar(128) NULL, \`hasThumbnail\` int NOT NULL DEFAULT '0', \`avatar\` int NOT NULL DEFAULT '0', \`createdAt\` bigint NOT NULL, PRIMARY KEY (\`id\`)) ENGINE=InnoDB`,
  `CREATE TABLE \`message_media\` (\`mediaId\` varchar(64) NOT NULL, \`conversationId\` varchar(64) NOT NULL, \`seq\` int NOT NULL, PRIMARY KEY (\`mediaId\`, \`conversationId\`, \`seq\`)) ENGINE=InnoDB`,
];

export class MessageInit1790000000003 implements MigrationInterface {
  name = 'MessageInit1790000000003';

  up(runner: QueryRunner): Promise<void> {
    return runStatements(runner, { sqlite, mysql });
  }

  down(): Promise<void> {
    throw new Error('There is no way back from the first migration but a backup');
  }
}
