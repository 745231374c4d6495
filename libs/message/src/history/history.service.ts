import { Injectable } from '@nestjs/common';
import {
  EventBus,
  isGroupConversation,
  LIMITS,
  messageEvents,
  type ConversationId,
  type HistoryRange,
  type MessagePage,
  type ReadResult,
  type Recipients,
  type SyncResult,
  type UserId,
} from '@dunlin/contracts';
import { Lru } from '@dunlin/platform';
import { Database, numbersById } from '@dunlin/storage';
import { READABLE, unreadOf, VIEW_COLUMNS, Views, type View } from '../conversation/views.js';
import { CursorMoves } from './cursor-moves.js';
import { forViewer, MESSAGE_COLUMNS, toWireMessage, type StoredMessage } from '../log/wire-message.js';

const UNTOLD_MAX = 10_000;
const UNTOLD_MS = 24 * 3600 * 1000;
/** Bytes of messages in one page, so that an answer is no burden to hold for a slow reader. */
const PAGE_BYTES = 512 * 1024;

/** Reading: pages of a log, what is new since, and how far one has read. */
@Injectable()
export class HistoryService {
  /** Cursors that were moved and could not be told of: the reader's next try tells, if it comes within a day. */
  private readonly untold = new Lru<string, true>(UNTOLD_MAX, () => performance.now());
  private readonly cursors: CursorMoves;

  constructor(
    private readonly db: Database,
    private readonly views: Views,
    private readonly bus: EventBus,
  ) {
    this.cursors = new CursorMoves(db);
  }

  /** Ascending after a seq, descending before one; without either, descending from the newest. */
  async page(conversationId: ConversationId, userId: UserId, range: HistoryRange, limit: number): Promise<MessagePage> {
    const view = await this.views.get(conversationId, userId);
    const ascending = 'afterSeq' in range;
    const from = ascending ? Math.max(Math.min(range.afterSeq, view.lastSeq) + 1, view.joinedSeq) : view.joinedSeq;
    // not past the end that was read with the membership: what came since may be after a leave
    const before = Math.min('beforeSeq' in range ? range.beforeSeq : Infinity, view.lastSeq + 1);
    const rows = await this.db.query<StoredMessage>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE conversationId = ? AND seq >= ? AND seq < ?
       ORDER BY seq ${ascending ? 'ASC' : 'DESC'} LIMIT ${limit + 1}`,
      [conversationId, from, before],
    );
    const page = fitting(rows.slice(0, limit));
    return {
      messages: page.map((row) => forViewer(toWireMessage(row), userId)),
      hasMore: rows.length > page.length,
      lastSeq: view.lastSeq,
    };
  }

  /** Conversations with something newer than the cursor given, or that the client does not know. */
  async sync(userId: UserId, cursors: Record<string, number>): Promise<SyncResult> {
    const known = numbersById(this.db.dialect, cursors);
    const news = await this.db.query<View>(
      `SELECT ${VIEW_COLUMNS} FROM conversation_members m JOIN conversations c ON c.id = m.conversationId
       LEFT JOIN ${known.sql} known ON known.id = c.id
       WHERE m.userId = ? AND ${READABLE} AND (known.id IS NULL OR c.lastSeq > known.number)
       ORDER BY c.updatedAt DESC, c.id DESC LIMIT ${LIMITS.syncRound + 1}`,
      [known.parameter, userId, userId],
    );
    return {
      conversations: news.slice(0, LIMITS.syncRound).map((view) => ({
        id: view.id,
        lastSeq: view.lastSeq,
        readSeq: view.readSeq,
        unread: unreadOf(view),
      })),
      more: news.length > LIMITS.syncRound,
    };
  }

  /** Moves the reader's cursor forward, never back and never past the end, and tells those whom it concerns. */
  async read(
    conversationId: ConversationId,
    userId: UserId,
    seq: number,
    originSocketId?: string,
  ): Promise<ReadResult> {
    const view = await this.views.get(conversationId, userId);
    const target = Math.min(seq, view.lastSeq);
    const moved = target > view.readSeq && (await this.cursors.move(conversationId, userId, target));
    if (moved || this.untold.get(`${conversationId}|${userId}`))
      await this.announceRead(view, userId, Math.max(target, view.readSeq), originSocketId);
    const now = await this.views.get(conversationId, userId);
    return { readSeq: now.readSeq, unread: unreadOf(now) };
  }

  private async announceRead(view: View, userId: UserId, seq: number, originSocketId?: string): Promise<void> {
    const key = `${view.id}|${userId}`;
    this.untold.set(key, true, UNTOLD_MS);
    const to = await this.readersOf(view, userId);
    await this.bus.publish(messageEvents.read, { conversationId: view.id, userId, seq, to, originSocketId });
    this.untold.delete(key);
  }

  /** In large groups, and after a block, a receipt is for the reader's own devices alone. */
  private async readersOf(view: View, userId: UserId): Promise<Recipients> {
    if (!isGroupConversation(view.id))
      return { userIds: view.blocked ? [userId] : [view.lowId as UserId, view.highId as UserId] };
    const [row] = await this.db.query<{ members: number | string }>(
      'SELECT COUNT(*) AS members FROM conversation_members WHERE conversationId = ? AND leftSeq IS NULL',
      [view.id],
    );
    return Number(row?.members) > LIMITS.readReceiptGroup ? { userIds: [userId] } : { version: Number(view.version) };
  }
}

/** As many as one answer may hold, but one. */
function fitting(rows: StoredMessage[]): StoredMessage[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => (bytes += Buffer.byteLength(row.content)) > PAGE_BYTES && index > 0);
  return end < 0 ? rows : rows.slice(0, end);
}
