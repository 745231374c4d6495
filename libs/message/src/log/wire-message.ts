import { messageId, type ConversationId, type Message } from '@dunlin/contracts';
import { toTimestamp } from '@dunlin/platform';
import { insertRows } from '@dunlin/storage';
import type { EntityManager } from 'typeorm';

/** A row of `messages` as a query gives it. */
export interface StoredMessage {
  conversationId: string;
  seq: number;
  senderId: string;
  clientMsgId: string;
  type: string;
  content: string;
  replySeq: number | null;
  counted: number;
  sentAt: number | string;
}

const COLUMNS = [
  'conversationId',
  'seq',
  'senderId',
  'clientMsgId',
  'type',
  'content',
  'replySeq',
  'counted',
  'sentAt',
] as const satisfies (keyof StoredMessage)[];

export const MESSAGE_COLUMNS = COLUMNS.join(', ');

/** @throws when a clientMsgId or a seq is there already */
export const insertMessages = (tx: EntityManager, rows: readonly StoredMessage[]): void =>
  insertRows(tx, { table: 'messages', columns: COLUMNS, rows });

/** As everybody sees it; `clientMsgId` is there for the sender alone, see {@link forViewer}. */
export function toWireMessage(row: StoredMessage, content = JSON.parse(row.content) as Message['content']): Message {
  const conversation = row.conversationId as ConversationId;
  const message = {
    id: messageId(conversation, row.seq),
    conversationId: row.conversationId,
    seq: row.seq,
    senderId: row.senderId,
    type: row.type,
    content,
    sentAt: toTimestamp(Number(row.sentAt)),
  } as Message; // the content is of the row's type
  if (row.type !== 'system') message.clientMsgId = row.clientMsgId;
  if (row.replySeq !== null) message.replyTo = { messageId: messageId(conversation, row.replySeq), seq: row.replySeq };
  return message;
}

/** The message as `viewerId` may see it. */
export function forViewer(message: Message, viewerId: string): Message {
  if (message.senderId !== viewerId) delete message.clientMsgId;
  return message;
}
