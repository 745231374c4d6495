import { Injectable } from '@nestjs/common';
import {
  type Block,
  type Caller,
  type Friend,
  type Page,
  type PageQuery,
  type UserId,
  invalid,
} from '@dunlin/contracts';
import { Clock, toTimestamp } from '@dunlin/platform';
import { Database, decodeCursor, pageOf } from '@dunlin/storage';
import { ProfilesService } from '../account/profiles.service.js';
import { FriendRequestRow } from './friend-request.entity.js';
import { TiesService } from './ties.service.js';

interface Tied {
  userId: UserId;
  since: number | string;
}

/** Friends and blocks. */
@Injectable()
export class FriendsService {
  constructor(
    private readonly db: Database,
    private readonly ties: TiesService,
    private readonly profiles: ProfilesService,
    private readonly clock: Clock,
  ) {}

  /** Newest friendship first. */
  async list(userId: UserId, query: PageQuery): Promise<Page<Friend>> {
    return this.page(userId, query, 'friendsSince', 'friendsSince');
  }

  async ids(userId: UserId): Promise<UserId[]> {
    const rows = await this.db.query<{ userId: UserId }>(
      `SELECT highId AS userId FROM ties WHERE lowId = ? AND friendsSince IS NOT NULL
       UNION ALL SELECT lowId AS userId FROM ties WHERE highId = ? AND friendsSince IS NOT NULL`,
      [userId, userId],
    );
    return rows.map((row) => row.userId);
  }

  /** Both sides lose it; removing who is no friend changes nothing. @throws DunlinError `not_found` for nobody */
  async remove(requestId: string, { userId }: Caller, friendId: UserId): Promise<void> {
    assertOther(userId, friendId);
    await this.ties.change(requestId, userId, friendId, async (tie) => {
      tie.row.friendsSince = null;
      return null;
    });
  }

  async listBlocks(userId: UserId, query: PageQuery): Promise<Page<Block>> {
    return this.page(userId, query, 'lowBlockedAt', 'highBlockedAt');
  }

  /** Ends the friendship and pending requests, and stops new ones and direct messages both ways. */
  async block(requestId: string, { userId }: Caller, otherId: UserId): Promise<void> {
    assertOther(userId, otherId);
    await this.ties.change(requestId, userId, otherId, async (tie, { manager }) => {
      tie.blockedByMe ??= this.clock.now();
      tie.row.friendsSince = null;
      for (const [fromId, toId] of [
        [userId, otherId],
        [otherId, userId],
      ])
        await manager.delete(FriendRequestRow, { fromId, toId, status: 'pending' });
      return null;
    });
  }

  async unblock(requestId: string, { userId }: Caller, otherId: UserId): Promise<void> {
    assertOther(userId, otherId);
    await this.ties.change(requestId, userId, otherId, async (tie) => {
      tie.blockedByMe = null;
      return null;
    });
  }

  /** A page of the ties of one person in which a time is set; which column that is depends on the side they are on. */
  private async page(
    userId: UserId,
    { limit, cursor }: PageQuery,
    asLow: 'friendsSince' | 'lowBlockedAt',
    asHigh: 'friendsSince' | 'highBlockedAt',
  ): Promise<Page<{ user: Friend['user']; since: string }>> {
    const after = cursor === undefined ? undefined : decodeCursor(asLow, cursor, ['number', 'string']);
    const rows = await this.db.query<Tied>(
      `SELECT userId, since FROM (
         SELECT highId AS userId, ${asLow} AS since FROM ties WHERE lowId = ? AND ${asLow} IS NOT NULL
         UNION ALL SELECT lowId AS userId, ${asHigh} AS since FROM ties WHERE highId = ? AND ${asHigh} IS NOT NULL
       ) tied ${after ? 'WHERE since < ? OR (since = ? AND userId > ?)' : ''}
       ORDER BY since DESC, userId LIMIT ${limit + 1}`,
      after ? [userId, userId, after[0], after[0], after[1]] : [userId, userId],
    );
    const { page, nextCursor } = pageOf(asLow, rows, limit, (row) => [Number(row.since), row.userId]);
    const users = new Map((await this.profiles.byIds(page.map((row) => row.userId))).map((user) => [user.id, user]));
    const items = page.flatMap((row) => {
      const user = users.get(row.userId);
      return user ? [{ user, since: toTimestamp(Number(row.since)) }] : [];
    });
    return { items, nextCursor };
  }
}

export function assertOther(me: UserId, other: UserId): void {
  if (me === other) throw invalid('userId', 'must be somebody else');
}
