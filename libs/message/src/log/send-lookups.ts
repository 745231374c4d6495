import { chunks } from '@dunlin/platform';
import { marks } from '@dunlin/storage';
import type { EntityManager } from 'typeorm';
import { MEDIA_COLUMNS, type StoredMedia } from '../media/wire-media.js';
import { seatKey, seatOf, sendKey, type PendingSend } from './pending-send.js';
import { MESSAGE_COLUMNS, type StoredMessage } from './wire-message.js';

/** SQLite takes no expression that is a thousand deep. */
const LOOKED_UP_AT_ONCE = 200;

/** What is stored under the ids of these sends, by {@link keyOf}. */
export async function findStored(
  tx: EntityManager,
  sends: readonly PendingSend[],
): Promise<Map<string, StoredMessage>> {
  const found = new Map<string, StoredMessage>();
  for (const part of chunks(sends, LOOKED_UP_AT_ONCE)) {
    const among = anyOf(
      ['conversationId', 'senderId', 'clientMsgId'],
      part.map(({ command, caller }) => [command.conversationId, caller.userId, command.clientMsgId]),
    );
    const rows = (await tx.query(
      `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE ${among.sql}`,
      among.parameters,
    )) as StoredMessage[];
    for (const row of rows) found.set(sendKey(row.conversationId, row.senderId, row.clientMsgId), row);
  }
  return found;
}

/** Which of the senders were in their conversation and are not any more, by {@link seatOf}. */
export async function formerMembers(tx: EntityManager, sends: readonly PendingSend[]): Promise<Set<string>> {
  const found = new Set<string>();
  const seats = new Map(sends.map((send) => [seatOf(send), [send.command.conversationId, send.caller.userId]]));
  for (const part of chunks([...seats.values()], LOOKED_UP_AT_ONCE)) {
    const among = anyOf(['conversationId', 'userId'], part);
    const rows = (await tx.query(
      `SELECT conversationId, userId FROM conversation_members WHERE leftSeq IS NOT NULL AND (${among.sql})`,
      among.parameters,
    )) as { conversationId: string; userId: string }[];
    for (const { conversationId, userId } of rows) found.add(seatKey(conversationId, userId));
  }
  return found;
}

/** What the sends show, by its id. */
export async function loadMedia(tx: EntityManager, sends: readonly PendingSend[]): Promise<Map<string, StoredMedia>> {
  const ids = new Set<string>();
  for (const { command } of sends) if (command.type !== 'text') ids.add(command.content.mediaId);
  if (ids.size === 0) return new Map();
  const rows = (await tx.query(`SELECT ${MEDIA_COLUMNS} FROM media WHERE id IN (${marks(ids.size)})`, [
    ...ids,
  ])) as StoredMedia[];
  return new Map(rows.map((row) => [row.id, row]));
}

/** True for a row in which the columns have one of these combinations. */
const anyOf = (
  columns: readonly string[],
  combinations: readonly (readonly string[])[],
): { sql: string; parameters: string[] } => {
  const one = `(${columns.map((column) => `${column} = ?`).join(' AND ')})`;
  return { sql: combinations.map(() => one).join(' OR '), parameters: combinations.flat() };
};
