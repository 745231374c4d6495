import { Injectable } from '@nestjs/common';
import {
  DunlinError,
  groupRpc,
  type JoinRequestRecord,
  type Page,
  type RequestOf,
  type UserId,
} from '@dunlin/contracts';
import { toTimestamp } from '@dunlin/platform';
import { Database, decodeCursor, pageOf } from '@dunlin/storage';
import { GroupChanges } from '../change/group-changes.js';
import { GroupDirectory } from '../group/group-directory.js';
import { WaitingNews } from './waiting-news.js';
import { findWish } from './wish.js';

/** The wishes to be let into a group, and what its admins make of them. */
@Injectable()
export class JoinRequestsService {
  constructor(
    private readonly db: Database,
    private readonly directory: GroupDirectory,
    private readonly changes: GroupChanges,
    private readonly news: WaitingNews,
  ) {}

  /** Those that wait, oldest first. @throws DunlinError `forbidden` for plain members */
  async list({ data, caller }: RequestOf<typeof groupRpc.listJoinRequests>): Promise<Page<JoinRequestRecord>> {
    const { groupId, limit, cursor } = data;
    if ((await this.directory.roleIn(groupId, caller.userId)) === 'member') throw new DunlinError('forbidden');
    const after = cursor === undefined ? undefined : decodeCursor('join-requests', cursor, ['number', 'string']);
    const rows = await this.db.query<{ userId: UserId; message: string; createdAt: number | string }>(
      `SELECT userId, message, createdAt FROM group_join_requests
       WHERE groupId = ? AND rejectedAt IS NULL ${after ? 'AND (createdAt > ? OR (createdAt = ? AND userId > ?))' : ''}
       ORDER BY createdAt, userId LIMIT ${limit + 1}`,
      after ? [groupId, after[0], after[0], after[1]] : [groupId],
    );
    const { page, nextCursor } = pageOf('join-requests', rows, limit, (row) => [Number(row.createdAt), row.userId]);
    const items = page.map((row) => ({ ...row, createdAt: toTimestamp(Number(row.createdAt)) }));
    return { items, nextCursor };
  }

  /** Harmless for who is a member by now. @throws DunlinError `not_found` when nobody asked, `group_full` */
  approve(request: RequestOf<typeof groupRpc.approveJoin>): Promise<null> {
    const { userId } = request.data;
    return this.changes.change(request, async (group) => {
      await group.asAdmin();
      if (await group.member(userId)) return null;
      const wish = await findWish(group, userId);
      if (!wish || wish.rejectedAt !== null) throw new DunlinError('not_found');
      await group.add([userId]);
      group.announce('member_joined', { userId });
      return null;
    });
  }

  /** Harmless twice. @throws DunlinError `not_found` when nobody asked, or was let in meanwhile */
  async reject(request: RequestOf<typeof groupRpc.rejectJoin>): Promise<null> {
    const { userId, groupId } = request.data;
    await this.changes.change(request, async (group) => {
      await group.asAdmin();
      const wish = await findWish(group, userId);
      if (!wish) throw new DunlinError('not_found');
      if (wish.rejectedAt === null)
        await group.query('UPDATE group_join_requests SET rejectedAt = ? WHERE groupId = ? AND userId = ?', [
          group.now,
          group.id,
          userId,
        ]);
      return null;
    });
    await this.news.tell(groupId);
    return null;
  }
}
