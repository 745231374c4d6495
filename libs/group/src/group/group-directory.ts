import { Injectable } from '@nestjs/common';
import {
  DunlinError,
  type GroupCard,
  type GroupId,
  type Page,
  type PageQuery,
  type Role,
  type UserId,
} from '@dunlin/contracts';
import { Clock, toTimestamp } from '@dunlin/platform';
import { Database, decodeCursor, marks, nameKey, pageOf, startingWith } from '@dunlin/storage';
import { muteOnWire, outsider } from '../change/locked-group.js';
import { GROUP_COLUMNS, toCard, type GroupState } from './group-state.js';

/** With what the viewer is in it, and since when they ask to be let in. */
type SeenGroup = GroupState & {
  role: Role | null;
  mutedUntil: number | string | null;
  joinRequestedAt?: number | string | null;
};

const SEEN = `${GROUP_COLUMNS}, m.role AS role, m.mutedUntil AS mutedUntil`;
/** As somebody sees a group who may be an outsider; takes the viewer's id twice. */
const SEEN_FROM_OUTSIDE = `SELECT ${SEEN}, r.createdAt AS joinRequestedAt
  FROM chat_groups g LEFT JOIN group_members m ON m.groupId = g.id AND m.userId = ?
  LEFT JOIN group_join_requests r ON r.groupId = g.id AND r.userId = ? AND r.rejectedAt IS NULL`;

/** Finds groups, each as the one who asks may see it. */
@Injectable()
export class GroupDirectory {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws DunlinError `not_found`, also for an invite group of which the viewer is no member */
  async get(groupId: GroupId, viewerId: UserId): Promise<GroupCard> {
    const group = await this.find(groupId, viewerId);
    if (group.role === null && group.joinPolicy === 'invite') throw new DunlinError('not_found');
    return this.card(group);
  }

  /**
   * What the viewer is in the group.
   * @throws DunlinError `not_a_member` for an outsider; `not_found` where that would tell too much
   */
  async roleIn(groupId: GroupId, viewerId: UserId): Promise<Role> {
    const group = await this.find(groupId, viewerId);
    if (group.role === null) throw outsider(group);
    return group.role;
  }

  /** In the order in which the viewer joined. */
  async mine(viewerId: UserId, { limit, cursor }: PageQuery): Promise<Page<GroupCard>> {
    const after = cursor === undefined ? undefined : decodeCursor('groups', cursor, ['number', 'string']);
    const rows = await this.db.query<SeenGroup & { joinedAt: number | string }>(
      `SELECT ${SEEN}, m.joinedAt AS joinedAt
       FROM group_members m JOIN chat_groups g ON g.id = m.groupId
       WHERE m.userId = ? AND g.dissolvedAt IS NULL
         ${after ? 'AND (m.joinedAt > ? OR (m.joinedAt = ? AND m.groupId > ?))' : ''}
       ORDER BY m.joinedAt, m.groupId LIMIT ${limit + 1}`,
      after ? [viewerId, after[0], after[0], after[1]] : [viewerId],
    );
    return this.page('groups', rows, limit, (last) => [Number(last.joinedAt), last.id]);
  }

  /** Open and approval groups whose name begins like `q`, by name. */
  async search(viewerId: UserId, { q, limit, cursor }: PageQuery & { q: string }): Promise<Page<GroupCard>> {
    const begins = startingWith(this.db.dialect, 'g.nameKey', nameKey(q));
    const after = cursor === undefined ? undefined : decodeCursor('directory', cursor, ['string', 'string']);
    const rows = await this.db.query<SeenGroup>(
      `${SEEN_FROM_OUTSIDE}
       WHERE ${begins.sql}
         AND g.dissolvedAt IS NULL AND g.joinPolicy <> 'invite'
         ${after ? 'AND (g.nameKey > ? OR (g.nameKey = ? AND g.id > ?))' : ''}
       ORDER BY g.nameKey, g.id LIMIT ${limit + 1}`,
      [viewerId, viewerId, ...begins.parameters, ...(after ? [after[0], after[0], after[1]] : [])],
    );
    return this.page('directory', rows, limit, (last) => [last.nameKey, last.id]);
  }

  /** Cards of those groups that the viewer is in. */
  async cards(viewerId: UserId, groupIds: readonly GroupId[]): Promise<GroupCard[]> {
    if (groupIds.length === 0) return [];
    const rows = await this.db.query<SeenGroup>(
      `SELECT ${SEEN} FROM chat_groups g
       JOIN group_members m ON m.groupId = g.id AND m.userId = ?
       WHERE g.dissolvedAt IS NULL AND g.id IN (${marks(groupIds.length)})`,
      [viewerId, ...groupIds],
    );
    return rows.map((row) => this.card(row));
  }

  /** Nobody for a group that is not there. */
  async memberIds(groupId: GroupId): Promise<UserId[]> {
    const rows = await this.db.query<{ userId: UserId }>(
      `SELECT m.userId AS userId FROM group_members m JOIN chat_groups g ON g.id = m.groupId
       WHERE m.groupId = ? AND g.dissolvedAt IS NULL`,
      [groupId],
    );
    return rows.map((row) => row.userId);
  }

  async groupIds(userId: UserId): Promise<GroupId[]> {
    const rows = await this.db.query<{ groupId: GroupId }>(
      `SELECT m.groupId AS groupId FROM group_members m JOIN chat_groups g ON g.id = m.groupId
       WHERE m.userId = ? AND g.dissolvedAt IS NULL`,
      [userId],
    );
    return rows.map((row) => row.groupId);
  }

  private async find(groupId: GroupId, viewerId: UserId): Promise<SeenGroup> {
    const [group] = await this.db.query<SeenGroup>(
      `${SEEN_FROM_OUTSIDE}
       WHERE g.id = ? AND g.dissolvedAt IS NULL`,
      [viewerId, viewerId, groupId],
    );
    if (!group) throw new DunlinError('not_found');
    return group;
  }

  private card(group: SeenGroup): GroupCard {
    const card = toCard(group, group.role, muteOnWire(group.mutedUntil, this.clock.now()));
    const { joinRequestedAt = null } = group;
    return joinRequestedAt === null ? card : { ...card, joinRequestedAt: toTimestamp(Number(joinRequestedAt)) };
  }

  private page<T extends SeenGroup>(
    list: string,
    rows: readonly T[],
    limit: number,
    keyOf: (last: T) => (string | number)[],
  ): Page<GroupCard> {
    const { page, nextCursor } = pageOf(list, rows, limit, keyOf);
    return { items: page.map((row) => this.card(row)), nextCursor };
  }
}
