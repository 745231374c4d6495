import {
  directConversationId,
  groupConversationId,
  type CommittedMessage,
  type ConversationId,
  type GroupChange,
  type SystemContent,
  type Tie,
} from '@dunlin/contracts';
import { insertIgnore, insertRows, marks, type Dialect } from '@dunlin/storage';
import type { EntityManager } from 'typeorm';
import { lockHeads, recipientsOf, saveHeads, type ConversationHead } from './conversation-head.js';
import { insertMessages, MESSAGE_COLUMNS, toWireMessage, type StoredMessage } from './wire-message.js';

/** Makes the row if it is not there, then locks it; two at once end up with the one row. */
async function lockOrCreate(
  tx: EntityManager,
  dialect: Dialect,
  fresh: Pick<ConversationHead, 'id' | 'type' | 'lowId' | 'highId'>,
  now: number,
): Promise<ConversationHead> {
  await tx.query(
    `${insertIgnore(dialect)} INTO conversations (id, type, lowId, highId, createdAt, updatedAt) VALUES (?, ?, ?, ?, ?, ?)`,
    [fresh.id, fresh.type, fresh.lowId, fresh.highId, now, now],
  );
  return (await lockHeads(tx, dialect, [fresh.id])).get(fresh.id) as ConversationHead;
}

/** The state of two people towards each other, in their conversation; an older state than the known one is nothing new. */
export async function applyTie(tx: EntityManager, dialect: Dialect, tie: Tie, now: number): Promise<void> {
  const [lowId, highId] = tie.userIds;
  const id = directConversationId(lowId, highId);
  const head = await lockOrCreate(tx, dialect, { id, type: 'direct', lowId, highId }, now);
  if (tie.version <= head.version) return;
  head.version = tie.version;
  head.friends = tie.friends ? 1 : 0;
  head.lowBlocked = tie.blockedBy.includes(lowId) ? 1 : 0;
  head.highBlocked = tie.blockedBy.includes(highId) ? 1 : 0;
  saveHeads(tx, [head]);
}

export interface ChangeOutcome {
  /** What the log has reached. */
  version: number;
  conversationId: ConversationId;
  committed: CommittedMessage[];
}

/**
 * Applies one change of a group: its members and what the log says about it get their place between the messages in
 * one step, so whoever left before a send is not among its readers and whoever joined after it neither.
 */
export async function applyGroupChange(
  tx: EntityManager,
  dialect: Dialect,
  change: GroupChange,
  now: number,
): Promise<ChangeOutcome> {
  const conversationId = groupConversationId(change.groupId);
  const head = await lockOrCreate(tx, dialect, { id: conversationId, type: 'group', lowId: null, highId: null }, now);
  if (change.version > head.version + 1) return { version: head.version, conversationId, committed: [] };
  if (change.version <= head.version)
    return { version: head.version, conversationId, committed: await said(tx, change, head) };
  const firstSeq = head.lastSeq + 1;
  head.version = change.version;
  if (change.dissolved) head.closed = 1;
  await changeMembers(tx, change, head, firstSeq);
  const rows = announce(change, head, now);
  insertMessages(tx, rows);
  saveHeads(tx, [head]);
  const committed = rows.map((row): CommittedMessage => ({
    message: toWireMessage(row),
    recipients: recipientsOf(head),
  }));
  if (committed[0]) committed[0].membership = { joined: change.joined ?? [], left: change.left ?? [] };
  return { version: head.version, conversationId, committed };
}

/** What the log says about a change that it has already: whoever stored it may not have lived to tell. */
async function said(tx: EntityManager, change: GroupChange, head: ConversationHead): Promise<CommittedMessage[]> {
  if (change.announcements.length === 0) return [];
  const rows = (await tx.query(
    `SELECT ${MESSAGE_COLUMNS} FROM messages
     WHERE conversationId = ? AND senderId = ? AND clientMsgId IN (${marks(change.announcements.length)})`,
    [head.id, change.actorId, ...change.announcements.map((_, index) => changeKey(change, index))],
  )) as StoredMessage[];
  // by the key they come in the order of their texts
  rows.sort((a, b) => a.seq - b.seq);
  return rows.map((row) => ({ message: toWireMessage(row), recipients: recipientsOf(head), repeated: true }));
}

const changeKey = ({ id }: GroupChange, index: number): string => `change:${id}:${index}`;

async function changeMembers(
  tx: EntityManager,
  change: GroupChange,
  head: ConversationHead,
  firstSeq: number,
): Promise<void> {
  const { joined = [], left = [], muted } = change;
  // who comes back starts anew: history, cursor and unread begin at this join
  const fresh = {
    joinedSeq: firstSeq,
    leftSeq: null,
    readSeq: firstSeq - 1,
    readCounted: head.counted,
    mutedUntil: null,
  };
  const update = Object.keys(fresh) as (keyof typeof fresh)[];
  insertRows(tx, {
    table: 'conversation_members',
    columns: ['conversationId', 'userId', ...update],
    rows: joined.map((userId) => ({ conversationId: head.id, userId, ...fresh })),
    onConflict: { key: ['conversationId', 'userId'], update },
  });
  if (left.length > 0) {
    await tx.query(
      `UPDATE conversation_members SET leftSeq = ? WHERE conversationId = ? AND leftSeq IS NULL AND userId IN (${marks(left.length)})`,
      [firstSeq, head.id, ...left],
    );
  }
  if (muted) {
    await tx.query('UPDATE conversation_members SET mutedUntil = ? WHERE conversationId = ? AND userId = ?', [
      muted.until === null ? null : Date.parse(muted.until),
      head.id,
      muted.userId,
    ]);
  }
}

/** The change's system messages, which take part in `seq` and never in the unread. */
function announce(change: GroupChange, head: ConversationHead, now: number): StoredMessage[] {
  return change.announcements.map((announcement, index): StoredMessage => {
    const content: SystemContent = { event: announcement.event };
    if (announcement.userId !== undefined) content.userId = announcement.userId;
    if (announcement.name !== undefined) content.name = announcement.name;
    head.lastSeq += 1;
    head.updatedAt = Math.max(head.updatedAt, now);
    return {
      conversationId: head.id,
      seq: head.lastSeq,
      senderId: change.actorId,
      clientMsgId: changeKey(change, index),
      type: 'system',
      content: JSON.stringify(content),
      replySeq: null,
      counted: head.counted,
      sentAt: now,
    };
  });
}
