import { Injectable } from '@nestjs/common';
import {
  DunlinError,
  groupOfConversation,
  isGroupConversation,
  LIMITS,
  type Audience,
  type ConversationId,
  type ConversationRecord,
  type Message,
  type UserId,
} from '@dunlin/contracts';
import { toTimestamp } from '@dunlin/platform';
import { Database, isIn } from '@dunlin/storage';
import { forViewer, MESSAGE_COLUMNS, toWireMessage, type StoredMessage } from '../log/wire-message.js';

/** A conversation together with what one person is in it. */
export interface View {
  id: ConversationId;
  type: 'direct' | 'group';
  lowId: string | null;
  highId: string | null;
  lastSeq: number;
  counted: number;
  version: number;
  friends: number;
  blocked: number;
  updatedAt: number;
  /** The first seq that is theirs. */
  joinedSeq: number;
  readSeq: number;
  readCounted: number;
  muted: number;
  pinned: number;
  silencedUntil: number | string | null;
  /** Whether it is in their list. */
  listed: number;
}

/** Columns of a {@link View}; `c` is the conversation, `m` the member's row. */
export const VIEW_COLUMNS = `c.id AS id, c.type AS type, c.lowId AS lowId, c.highId AS highId, c.lastSeq AS lastSeq,
  c.counted AS counted, c.version AS version, c.friends AS friends, (c.lowBlocked + c.highBlocked) AS blocked,
  c.updatedAt AS updatedAt, COALESCE(m.joinedSeq, 1) AS joinedSeq, COALESCE(m.readSeq, 0) AS readSeq,
  COALESCE(m.readCounted, 0) AS readCounted, COALESCE(m.muted, 0) AS muted, COALESCE(m.pinned, 0) AS pinned,
  m.mutedUntil AS silencedUntil, CASE WHEN m.userId IS NULL THEN 0 ELSE 1 END AS listed`;

/** True for what the person may read: a group that they are in and that is open, or a direct conversation of theirs. */
export const READABLE = `((c.type = 'group' AND c.closed = 0 AND m.userId IS NOT NULL AND m.leftSeq IS NULL)
  OR (c.type = 'direct' AND ? IN (c.lowId, c.highId)))`;

export const unreadOf = (view: Pick<View, 'counted' | 'readCounted'>): number =>
  Math.max(0, view.counted - view.readCounted);

/** A conversation together with one of its members, if it has any. */
interface Seat {
  type: string;
  lowId: UserId;
  highId: UserId;
  version: number | string;
  userId: UserId;
  joinedSeq: number;
}

/** A block alone makes a row as well, which the blocked must not learn of. */
const isThere = (view: View): boolean =>
  view.type === 'group' || view.friends === 1 || view.lastSeq > 0 || view.listed === 1;

/** The other one of a direct conversation. */
const peerOf = (view: View, userId: UserId): UserId => (view.lowId === userId ? view.highId : view.lowId) as UserId;

/** Finds conversations as one person may see them. */
@Injectable()
export class Views {
  constructor(private readonly db: Database) {}

  /** @throws DunlinError `not_found` for what the person may not see */
  async get(conversationId: ConversationId, userId: UserId): Promise<View> {
    const view = await this.find(conversationId, userId);
    if (!view || !isThere(view)) throw new DunlinError('not_found');
    return view;
  }

  /** Like {@link get}, and of two people also what is no conversation yet but says what they are to each other. */
  async find(conversationId: ConversationId, userId: UserId): Promise<View | undefined> {
    const [view] = await this.db.query<View>(
      `SELECT ${VIEW_COLUMNS} FROM conversations c
       LEFT JOIN conversation_members m ON m.conversationId = c.id AND m.userId = ?
       WHERE c.id = ? AND ${READABLE}`,
      [userId, conversationId, userId],
    );
    return view;
  }

  /** Who gets what is written now. */
  async audience(conversationId: ConversationId): Promise<Audience> {
    // one statement, so that version and members are of one moment
    const rows = await this.db.query<Seat>(
      `SELECT c.type AS type, c.lowId AS lowId, c.highId AS highId, c.version AS version, m.userId AS userId,
         m.joinedSeq AS joinedSeq
       FROM conversations c
       LEFT JOIN conversation_members m ON c.type = 'group' AND m.conversationId = c.id AND m.leftSeq IS NULL
       WHERE c.id = ? AND c.closed = 0`,
      [conversationId],
    );
    const [head] = rows;
    if (!head) throw new DunlinError('not_found');
    const version = Number(head.version);
    if (head.type === 'direct')
      return { version, members: [head.lowId, head.highId].map((userId) => ({ userId, joinedSeq: 1 })) };
    const members = rows.filter(({ userId }) => userId !== null);
    return { version, members: members.map(({ userId, joinedSeq }) => ({ userId, joinedSeq })) };
  }

  /** The wire's facts about each view, with the newest message that its person may see. */
  async records(views: readonly View[], userId: UserId): Promise<ConversationRecord[]> {
    const [newest, cursors, groupCursors] = await Promise.all([
      this.newestMessages(views),
      this.peerCursors(views, userId),
      this.groupCursors(views, userId),
    ]);
    return views.map((view) => {
      const last = newest.get(view.id);
      const record: ConversationRecord = {
        id: view.id,
        type: view.type,
        lastMessage: last ? forViewer(last, userId) : null,
        lastSeq: view.lastSeq,
        readSeq: view.readSeq,
        unread: unreadOf(view),
        muted: view.muted === 1,
        pinned: view.pinned === 1,
        updatedAt: toTimestamp(Number(view.updatedAt)),
      };
      if (isGroupConversation(view.id)) record.groupId = groupOfConversation(view.id);
      else record.peerId = peerOf(view, userId);
      if (view.silencedUntil !== null) record.silencedUntil = toTimestamp(Number(view.silencedUntil));
      const peerReadSeq = cursors.get(view.id);
      if (peerReadSeq !== undefined) record.peerReadSeq = peerReadSeq;
      const othersReadSeq = groupCursors.get(view.id);
      if (othersReadSeq !== undefined) record.othersReadSeq = othersReadSeq;
      return record;
    });
  }

  /**
   * How far the other ones have read. Of friends only: after a block it is not told, and that one is blocked rather than no
   * friend any more must not show.
   */
  private async peerCursors(views: readonly View[], userId: UserId): Promise<Map<string, number>> {
    const wanted = views.filter(({ type, friends, lastSeq }) => type === 'direct' && friends === 1 && lastSeq > 0);
    if (wanted.length === 0) return new Map();
    const rows = await this.db.query<{ conversationId: string; readSeq: number }>(
      `SELECT conversationId, readSeq FROM conversation_members
       WHERE ${wanted.map(() => '(conversationId = ? AND userId = ?)').join(' OR ')}`,
      wanted.flatMap((view) => [view.id, peerOf(view, userId)]),
    );
    return new Map(rows.map(({ conversationId, readSeq }) => [conversationId, readSeq]));
  }

  /**
   * The furthest that anybody else has read in groups so small that `conversation:read` tells it. Of a larger one no more
   * members are looked at than show that it is. Who joins has a cursor before their first seq, and has read nothing.
   */
  private async groupCursors(views: readonly View[], userId: UserId): Promise<Map<string, number>> {
    const wanted = views.filter((view) => view.type === 'group' && view.lastSeq >= view.joinedSeq);
    if (wanted.length === 0) return new Map();
    const ids = wanted.map(({ id }) => id);
    const among = isIn(this.db.dialect, 'c.id', ids);
    const rows = await this.db.query<{ conversationId: string; readSeq: number | null }>(
      `SELECT c.id AS conversationId, (
         SELECT MAX(m.readSeq) FROM conversation_members m
         WHERE m.conversationId = c.id AND m.leftSeq IS NULL AND m.readSeq >= m.joinedSeq AND m.userId <> ?
       ) AS readSeq
       FROM conversations c WHERE ${among.sql} AND (
         SELECT 1 FROM conversation_members m
         WHERE m.conversationId = c.id AND m.leftSeq IS NULL LIMIT 1 OFFSET ${LIMITS.readReceiptGroup}
       ) IS NULL`,
      [userId, ...among.parameters],
    );
    return new Map(rows.flatMap(({ conversationId, readSeq }) => (readSeq ? [[conversationId, readSeq]] : [])));
  }

  private async newestMessages(views: readonly View[]): Promise<Map<string, Message>> {
    const wanted = views.filter((view) => view.lastSeq >= view.joinedSeq && view.lastSeq > 0);
    if (wanted.length === 0) return new Map();
    const rows = await this.db.query<StoredMessage>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE ${wanted.map(() => '(conversationId = ? AND seq = ?)').join(' OR ')}`,
      wanted.flatMap((view) => [view.id, view.lastSeq]),
    );
    return new Map(rows.map((row) => [row.conversationId, toWireMessage(row)]));
  }
}
