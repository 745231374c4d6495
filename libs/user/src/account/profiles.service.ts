import { Injectable } from '@nestjs/common';
import {
  EventBus,
  invalid,
  userEvents,
  type MediaId,
  type Page,
  type PageQuery,
  type Timestamp,
  type User,
  type UserId,
} from '@dunlin/contracts';
import { toTimestamp } from '@dunlin/platform';
import { Database, decodeCursor, isIn, mustExist, nameKey, pageOf, startingWith, UnitOfWork } from '@dunlin/storage';
import { In } from 'typeorm';
import { UserRow } from './user.entity.js';
import { toWireUser } from './wire-user.js';

/** Nobody sees by a search who has blocked them. */
const NOT_BLOCKED = `
  NOT EXISTS (SELECT 1 FROM ties t WHERE t.lowId = u.id AND t.highId = ? AND t.lowBlockedAt IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM ties t WHERE t.highId = u.id AND t.lowId = ? AND t.highBlockedAt IS NOT NULL)`;

/** In the order in which people are listed that are found by them. */
const SEARCHED = ['usernameKey', 'nameKey'] as const;
type Searched = (typeof SEARCHED)[number];

/** Where a search has found somebody. */
interface Place {
  column: Searched;
  text: string;
  id: UserId;
}

function placeOf(cursor: string): Place {
  const [name, text, id] = decodeCursor('people', cursor, ['string', 'string', 'string']);
  const column = SEARCHED.find((one) => one === name);
  if (!column) throw invalid('cursor', 'is not a cursor of this list');
  return { column, text, id: id as UserId };
}

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

  /**
   * By the start of the username, then of the display name; without the people who have blocked the seeker. Who is found by
   * both is found by the first.
   */
  async search(userId: UserId, { q, limit, cursor }: PageQuery & { q: string }): Promise<Page<User>> {
    const after = cursor === undefined ? undefined : placeOf(cursor);
    const found: Place[] = [];
    for (const column of SEARCHED.slice(after && SEARCHED.indexOf(after.column))) {
      const from = column === after?.column ? after : undefined;
      found.push(...(await this.beginning(column, nameKey(q), userId, limit + 1 - found.length, from)));
      if (found.length > limit) break;
    }
    const { page, nextCursor } = pageOf('people', found, limit, ({ column, text, id }) => [column, text, id]);
    const users = new Map((await this.byIds(page.map(({ id }) => id))).map((user) => [user.id, user]));
    return { items: page.flatMap(({ id }) => users.get(id) ?? []), nextCursor };
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

  /** A range of one index, in its order: half of all people may begin alike, and a page takes the first of them. */
  private async beginning(
    column: Searched,
    text: string,
    seeker: UserId,
    limit: number,
    after?: Place,
  ): Promise<Place[]> {
    const { dialect } = this.db;
    const conditions = [startingWith(dialect, `u.${column}`, text), { sql: NOT_BLOCKED, parameters: [seeker, seeker] }];
    if (after)
      conditions.push({
        sql: `(u.${column} > ? OR (u.${column} = ? AND u.id > ?))`,
        parameters: [after.text, after.text, after.id],
      });
    if (column === 'nameKey') {
      const { sql, parameters } = startingWith(dialect, 'u.usernameKey', text);
      conditions.push({ sql: `NOT (${sql})`, parameters });
    }
    const rows = await this.db.query<{ id: UserId; text: string }>(
      `SELECT u.id AS id, u.${column} AS text FROM users u WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}
       ORDER BY u.${column}, u.id LIMIT ${limit}`,
      conditions.flatMap(({ parameters }) => parameters),
    );
    return rows.map((row) => ({ column, ...row }));
  }
}
