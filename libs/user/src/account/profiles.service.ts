import { Injectable } from '@nestjs/common';
import {
  EventBus,
  userEvents,
  type MediaId,
  type Page,
  type PageQuery,
  type Timestamp,
  type User,
  type UserId,
} from '@dunlin/contracts';
import { toTimestamp } from '@dunlin/platform';
import { Database, decodeCursor, isIn, mustExist, pageOf, startingWith, UnitOfWork } from '@dunlin/storage';
import { In } from 'typeorm';
import { UserRow } from './user.entity.js';
import { nameKey, toWireUser } from './wire-user.js';

/** Nobody sees by a search who has blocked them. */
const NOT_BLOCKED = `
  NOT EXISTS (SELECT 1 FROM ties t WHERE t.lowId = u.id AND t.highId = ? AND t.lowBlockedAt IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM ties t WHERE t.highId = u.id AND t.lowId = ? AND t.highBlockedAt IS NOT NULL)`;

/** People as others see them. */
@Injectable()
export class ProfilesService {
  constructor(
    private readonly db: Database,
    private readonly work: UnitOfWork,
    private readonly bus: EventBus,
  ) {}

  /** @throws DunlinError `not_found` */
  async get(userId: UserId): Promise<User> {
    return toWireUser(mustExist(await this.db.read((from) => from.findOneBy(UserRow, { id: userId }))));
  }

  async byIds(userIds: UserId[]): Promise<User[]> {
    if (userIds.length === 0) return [];
    return (await this.db.read((from) => from.findBy(UserRow, { id: In(userIds) }))).map(toWireUser);
  }

  async update(
    requestId: string,
    userId: UserId,
    { displayName, avatarMediaId }: { displayName?: string; avatarMediaId?: MediaId | null },
  ): Promise<User> {
    const user = await this.work.once(requestId, async ({ manager }) => {
      const changes: Partial<UserRow> = {};
      if (displayName !== undefined) Object.assign(changes, { displayName, nameKey: nameKey(displayName) });
      if (avatarMediaId !== undefined) changes.avatarMediaId = avatarMediaId;
      if (Object.keys(changes).length > 0) await manager.update(UserRow, { id: userId }, changes);
      return toWireUser(mustExist(await manager.findOneBy(UserRow, { id: userId })));
    });
    await this.bus.publish(userEvents.updated, { user });
    return user;
  }

  /** By the start of username or display name; without the people who have blocked the seeker. */
  async search(userId: UserId, { q, limit, cursor }: PageQuery & { q: string }): Promise<Page<User>> {
    const after = cursor === undefined ? [] : decodeCursor('people', cursor, ['string']);
    // One range of one index each. A LIKE alone, or an OR of the two, would walk all users while everybody waits.
    const matching = (column: 'usernameKey' | 'nameKey'): { sql: string; parameters: (string | number)[] } => {
      const begins = startingWith(this.db.dialect, `u.${column}`, nameKey(q));
      const sql = `SELECT id, usernameKey FROM (
         SELECT u.id AS id, u.usernameKey AS usernameKey FROM users u
         WHERE ${begins.sql} ${after.length > 0 ? 'AND u.usernameKey > ?' : ''} AND ${NOT_BLOCKED}
         ORDER BY u.usernameKey LIMIT ${limit + 1}) by_${column}`;
      return { sql, parameters: [...begins.parameters, ...after, userId, userId] };
    };
    const [byUsername, byName] = [matching('usernameKey'), matching('nameKey')];
    const rows = await this.db.query<{ id: string; usernameKey: string }>(
      `${byUsername.sql} UNION ${byName.sql} ORDER BY usernameKey LIMIT ${limit + 1}`,
      [...byUsername.parameters, ...byName.parameters],
    );
    const { page, nextCursor } = pageOf('people', rows, limit, (row) => [row.usernameKey]);
    const users = new Map((await this.byIds(page.map((row) => row.id as UserId))).map((user) => [user.id, user]));
    return { items: page.flatMap((row) => users.get(row.id) ?? []), nextCursor };
  }

  async lastSeen(userIds: UserId[]): Promise<Record<string, Timestamp | null>> {
    if (userIds.length === 0) return {};
    const rows = await this.db.read((from) =>
      from.find(UserRow, {
        where: { id: In(userIds) },
        select: { id: true, lastSeenAt: true },
      }),
    );
    return Object.fromEntries(
      rows.map((row) => [row.id, row.lastSeenAt === null ? null : toTimestamp(row.lastSeenAt)]),
    );
  }

  /** Never moves back: of two gateways that saw somebody leave the later one counts. */
  async touch(userIds: UserId[], at: Timestamp): Promise<void> {
    const ms = Date.parse(at);
    const among = isIn(this.db.dialect, 'id', userIds);
    await this.work.run(({ manager }) =>
      manager.query(`UPDATE users SET lastSeenAt = ? WHERE ${among.sql} AND (lastSeenAt IS NULL OR lastSeenAt < ?)`, [
        ms,
        ...among.parameters,
        ms,
      ]),
    );
  }
}
