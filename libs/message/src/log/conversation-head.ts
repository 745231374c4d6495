import type { Recipients, UserId } from '@dunlin/contracts';
import { forUpdate, insertRows, isIn, type Dialect } from '@dunlin/storage';
import type { EntityManager } from 'typeorm';

/** A conversation's row, locked by the running append. */
export interface ConversationHead {
  id: string;
  type: 'direct' | 'group';
  lowId: string | null;
  highId: string | null;
  lastSeq: number;
  counted: number;
  version: number;
  friends: number;
  lowBlocked: number;
  highBlocked: number;
  closed: number;
  createdAt: number;
  updatedAt: number;
}

const COLUMNS = [
  'id',
  'type',
  'lowId',
  'highId',
  'lastSeq',
  'counted',
  'version',
  'friends',
  'lowBlocked',
  'highBlocked',
  'closed',
  'createdAt',
  'updatedAt',
] as const satisfies (keyof ConversationHead)[];

const MUTABLE = [
  'lastSeq',
  'counted',
  'version',
  'friends',
  'lowBlocked',
  'highBlocked',
  'closed',
  'updatedAt',
] as const;

/** Locks the rows in the order of their ids, so that two appends can never wait for each other. */
export async function lockHeads(
  tx: EntityManager,
  dialect: Dialect,
  ids: readonly string[],
): Promise<Map<string, ConversationHead>> {
  const among = isIn(dialect, 'id', ids);
  const rows = (await tx.query(
    `SELECT ${COLUMNS.join(', ')} FROM conversations WHERE ${among.sql} ORDER BY id${forUpdate(dialect)}`,
    among.parameters,
  )) as ConversationHead[];
  return new Map(
    rows.map((row) => [
      row.id,
      { ...row, version: Number(row.version), createdAt: Number(row.createdAt), updatedAt: Number(row.updatedAt) },
    ]),
  );
}

/** Writes the heads back together; rows that are not there yet are made. */
export function saveHeads(tx: EntityManager, heads: readonly ConversationHead[]): void {
  insertRows(tx, {
    table: 'conversations',
    columns: COLUMNS,
    rows: heads,
    onConflict: { key: ['id'], update: MUTABLE },
  });
}

/** Who gets what is written now. */
export const recipientsOf = (head: ConversationHead): Recipients =>
  head.type === 'direct' ? { userIds: [head.lowId as UserId, head.highId as UserId] } : { version: head.version };
