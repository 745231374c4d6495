import { Injectable } from '@nestjs/common';
import { groupRpc, type MemberRecord, type Page, type RequestOf, type Role, type UserId } from '@dunlin/contracts';
import { Clock, toTimestamp } from '@dunlin/platform';
import { Database, decodeCursor, pageOf } from '@dunlin/storage';
import { muteOnWire } from '../change/locked-group.js';
import { GroupDirectory } from '../group/group-directory.js';

/** The list of a group's members. */
@Injectable()
export class RosterService {
  constructor(
    private readonly db: Database,
    private readonly directory: GroupDirectory,
    private readonly clock: Clock,
  ) {}

  /** In the order in which they joined. @throws DunlinError `not_a_member`, or `not_found` for an invite group */
  async list({ data, caller }: RequestOf<typeof groupRpc.members>): Promise<Page<MemberRecord>> {
    const { groupId, limit, cursor } = data;
    await this.directory.roleIn(groupId, caller.userId);
    const after = cursor === undefined ? undefined : decodeCursor('members', cursor, ['number', 'string']);
    const rows = await this.db.query<{
      userId: UserId;
      role: Role;
      mutedUntil: number | string | null;
      joinedAt: number | string;
    }>(
      `SELECT userId, role, mutedUntil, joinedAt FROM group_members
       WHERE groupId = ? ${after ? 'AND (joinedAt > ? OR (joinedAt = ? AND userId > ?))' : ''}
       ORDER BY joinedAt, userId LIMIT ${limit + 1}`,
      after ? [groupId, after[0], after[0], after[1]] : [groupId],
    );
    const { page, nextCursor } = pageOf('members', rows, limit, (row) => [Number(row.joinedAt), row.userId]);
    const now = this.clock.now();
    const items = page.map(({ userId, role, mutedUntil, joinedAt }) => ({
      userId,
      role,
      mutedUntil: muteOnWire(mutedUntil, now),
      joinedAt: toTimestamp(Number(joinedAt)),
    }));
    return { items, nextCursor };
  }
}
