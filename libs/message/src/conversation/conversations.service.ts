import { Injectable } from '@nestjs/common';
import {
  directConversationId,
  DunlinError,
  EventBus,
  messageEvents,
  type ConversationId,
  type ConversationRecord,
  type Page,
  type PageQuery,
  type UserId,
} from '@dunlin/contracts';
import { Database, decodeCursor, insertIgnore, pageOf } from '@dunlin/storage';
import { READABLE, VIEW_COLUMNS, Views, type View } from './views.js';

/** The list of a person's conversations and their own settings for each. */
@Injectable()
export class ConversationsService {
  constructor(
    private readonly db: Database,
    private readonly views: Views,
    private readonly bus: EventBus,
  ) {}

  /** Newest activity first. */
  async list(userId: UserId, { limit, cursor }: PageQuery): Promise<Page<ConversationRecord>> {
    const after = cursor === undefined ? undefined : decodeCursor('conversations', cursor, ['number', 'string']);
    const views = await this.db.query<View>(
      `SELECT ${VIEW_COLUMNS} FROM conversation_members m JOIN conversations c ON c.id = m.conversationId
       WHERE m.userId = ? AND ${READABLE} ${after ? 'AND (c.updatedAt < ? OR (c.updatedAt = ? AND c.id < ?))' : ''}
       ORDER BY c.updatedAt DESC, c.id DESC LIMIT ${limit + 1}`,
      after ? [userId, userId, after[0], after[0], after[1]] : [userId, userId],
    );
    const { page, nextCursor } = pageOf('conversations', views, limit, (view) => [Number(view.updatedAt), view.id]);
    return { items: await this.views.records(page, userId), nextCursor };
  }

  async get(conversationId: ConversationId, userId: UserId): Promise<ConversationRecord> {
    return this.record(await this.views.get(conversationId, userId), userId);
  }

  /** @throws DunlinError `not_friends` or `blocked` for somebody with whom there is no history and no friendship */
  async openDirect(userId: UserId, peerId: UserId): Promise<ConversationRecord> {
    const id = directConversationId(userId, peerId);
    const view = await this.views.find(id, userId);
    if (!view) throw new DunlinError('not_friends');
    if (view.lastSeq === 0 && view.blocked) throw new DunlinError('blocked');
    if (view.lastSeq === 0 && !view.friends && !view.listed) throw new DunlinError('not_friends');
    if (!view.listed) await this.enter(id, userId);
    return this.record(view, userId);
  }

  async updateSettings(
    conversationId: ConversationId,
    userId: UserId,
    settings: { muted?: boolean; pinned?: boolean },
  ): Promise<ConversationRecord> {
    const view = await this.views.get(conversationId, userId);
    if (!view.listed) await this.enter(conversationId, userId);
    const changes = (['muted', 'pinned'] as const).filter((name) => settings[name] !== undefined);
    if (changes.length > 0) {
      await this.db.transaction((tx) =>
        tx.query(
          `UPDATE conversation_members SET ${changes.map((name) => `${name} = ?`).join(', ')} WHERE conversationId = ? AND userId = ?`,
          [...changes.map((name) => (settings[name] ? 1 : 0)), conversationId, userId],
        ),
      );
    }
    const record = await this.get(conversationId, userId);
    const { muted, pinned } = record;
    await this.bus.publish(messageEvents.settings, { conversationId, userId, muted, pinned });
    return record;
  }

  private async record(view: View, userId: UserId): Promise<ConversationRecord> {
    const [record] = await this.views.records([view], userId);
    return record as ConversationRecord;
  }

  /** Puts a direct conversation in one's list. */
  private async enter(conversationId: ConversationId, userId: UserId): Promise<void> {
    await this.db.transaction((tx) =>
      tx.query(`${insertIgnore(this.db.dialect)} INTO conversation_members (conversationId, userId) VALUES (?, ?)`, [
        conversationId,
        userId,
      ]),
    );
  }
}
