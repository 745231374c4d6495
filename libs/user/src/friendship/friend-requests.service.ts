import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  DunlinError,
  EventBus,
  userEvents,
  type Caller,
  type FriendRequest,
  type FriendRequestTarget,
  type Page,
  type PageQuery,
  type UserId,
} from '@dunlin/contracts';
import { Clock, newId, toTimestamp } from '@dunlin/platform';
import { Database, decodeCursor, mustExist, Outbox, pageOf, type Transaction } from '@dunlin/storage';
import { findByUsername } from '../account/find-by-username.js';
import { ProfilesService } from '../account/profiles.service.js';
import { UserRow } from '../account/user.entity.js';
import { FriendRequestRow } from './friend-request.entity.js';
import { assertOther } from './friends.service.js';
import { aggregateOf, TiesService, type LockedTie } from './ties.service.js';

const REQUESTED = 'friend-requested';

/** Asking to be friends, and the answers. */
@Injectable()
export class FriendRequestsService implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly ties: TiesService,
    private readonly profiles: ProfilesService,
    private readonly outbox: Outbox,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.outbox.on<{ id: string }>(REQUESTED, async ({ id }) => {
      const row = await this.db.read((from) => from.findOneBy(FriendRequestRow, { id }));
      // withdrawn before it was told: nothing to tell
      if (row?.status === 'pending')
        await this.bus.publish(userEvents.friendRequested, { request: await this.toWire(row) });
    });
  }

  /**
   * Asks; a request that crosses one from the other side makes both friends, and one that is pending stays as it is.
   * @throws DunlinError `not_found`, `blocked`, `conflict` for who is a friend already
   */
  async create(requestId: string, caller: Caller, target: FriendRequestTarget): Promise<FriendRequest> {
    const other = await this.resolve(target);
    assertOther(caller.userId, other);
    const row = await this.ties.change(requestId, caller.userId, other, (tie, tx) =>
      this.place(tie, tx, target.message),
    );
    return this.toWire(row);
  }

  async list(
    userId: UserId,
    { direction, limit, cursor }: PageQuery & { direction: 'incoming' | 'outgoing' },
  ): Promise<Page<FriendRequest>> {
    const after = cursor === undefined ? undefined : decodeCursor(direction, cursor, ['number', 'string']);
    const rows = await this.db.read((from) => {
      const query = from
        .createQueryBuilder(FriendRequestRow, 'r')
        .where(`r.${direction === 'incoming' ? 'toId' : 'fromId'} = :userId AND r.status = 'pending'`, { userId })
        .orderBy('r.createdAt', 'DESC')
        .addOrderBy('r.id', 'DESC')
        .take(limit + 1);
      if (after)
        query.andWhere('(r.createdAt < :at OR (r.createdAt = :at AND r.id < :id))', { at: after[0], id: after[1] });
      return query.getMany();
    });
    const { page, nextCursor } = pageOf(direction, rows, limit, (row) => [row.createdAt, row.id]);
    return { items: await this.allToWire(page), nextCursor };
  }

  /** Accepting twice does no harm. @throws DunlinError `not_found`, `conflict` when it was declined */
  async accept(requestId: string, { userId }: Caller, id: string): Promise<FriendRequest> {
    const { fromId } = await this.addressedTo(userId, id);
    const row = await this.ties.change(requestId, userId, fromId as UserId, async (tie, { manager }) => {
      const request = mustExist(await manager.findOneBy(FriendRequestRow, { id }));
      if (request.status === 'declined') throw new DunlinError('conflict', { message: 'It was declined' });
      if (request.status === 'accepted') return request;
      tie.row.friendsSince ??= this.clock.now();
      tie.requestsChanged = true;
      request.status = 'accepted';
      await manager.update(FriendRequestRow, { id }, { status: 'accepted' });
      return request;
    });
    return this.toWire(row);
  }

  /** @throws DunlinError `not_found`, `conflict` when it was accepted */
  async decline(requestId: string, { userId }: Caller, id: string): Promise<FriendRequest> {
    const { fromId } = await this.addressedTo(userId, id);
    const row = await this.ties.change(
      requestId,
      userId,
      fromId as UserId,
      async (tie, { manager }) => {
        const request = mustExist(await manager.findOneBy(FriendRequestRow, { id }));
        if (request.status === 'accepted') throw new DunlinError('conflict', { message: 'It was accepted' });
        if (request.status === 'declined') return request;
        tie.requestsChanged = true;
        request.status = 'declined';
        await manager.update(FriendRequestRow, { id }, { status: 'declined' });
        return request;
      },
      'both',
    );
    return this.toWire(row);
  }

  /** The sender takes it back. @throws DunlinError `not_found`, `conflict` when it was accepted */
  async withdraw(requestId: string, { userId }: Caller, id: string): Promise<void> {
    const { toId } = mustExist(await this.db.read((from) => from.findOneBy(FriendRequestRow, { id, fromId: userId })));
    await this.ties.change(
      requestId,
      userId,
      toId as UserId,
      async (tie, { manager }) => {
        const request = mustExist(await manager.findOneBy(FriendRequestRow, { id }));
        if (request.status === 'accepted') throw new DunlinError('conflict', { message: 'It was accepted' });
        tie.requestsChanged = true;
        await manager.delete(FriendRequestRow, { id });
        return null;
      },
      'both',
    );
  }

  private async place(tie: LockedTie, { manager, tell }: Transaction, message: string): Promise<FriendRequestRow> {
    if (tie.blocked) throw new DunlinError('blocked');
    if (tie.friends) throw new DunlinError('conflict', { message: 'You are friends already' });
    const pending = await manager.findOneBy(FriendRequestRow, { fromId: tie.me, toId: tie.other, status: 'pending' });
    if (pending) return pending;
    const crossing = await manager.findOneBy(FriendRequestRow, { fromId: tie.other, toId: tie.me, status: 'pending' });
    const row: FriendRequestRow = {
      id: newId(),
      fromId: tie.me,
      toId: tie.other,
      message,
      status: crossing ? 'accepted' : 'pending',
      createdAt: this.clock.now(),
    };
    await manager.insert(FriendRequestRow, row);
    tie.requestsChanged = true;
    if (crossing) {
      await manager.update(FriendRequestRow, { id: crossing.id }, { status: 'accepted' });
      tie.row.friendsSince = row.createdAt;
    } else {
      await tell({
        aggregate: aggregateOf(tie.me, tie.other),
        position: tie.row.version,
        type: REQUESTED,
        payload: { id: row.id },
      });
    }
    return row;
  }

  private async resolve({ userId, username }: FriendRequestTarget): Promise<UserId> {
    const user =
      userId === undefined
        ? await findByUsername(this.db, username as string)
        : await this.db.read((from) => from.findOneBy(UserRow, { id: userId }));
    return mustExist(user).id as UserId;
  }

  private async addressedTo(userId: UserId, id: string): Promise<FriendRequestRow> {
    return mustExist(await this.db.read((from) => from.findOneBy(FriendRequestRow, { id, toId: userId })));
  }

  private async toWire(row: FriendRequestRow): Promise<FriendRequest> {
    const [request] = await this.allToWire([row]);
    return mustExist(request);
  }

  private async allToWire(rows: readonly FriendRequestRow[]): Promise<FriendRequest[]> {
    const ids = [...new Set(rows.flatMap((row) => [row.fromId, row.toId]))] as UserId[];
    const users = new Map((await this.profiles.byIds(ids)).map((user) => [user.id, user]));
    return rows.flatMap((row) => {
      const from = users.get(row.fromId);
      const to = users.get(row.toId);
      if (!from || !to) return [];
      const { id, message, status } = row;
      return [{ id, from, to, message, status, createdAt: toTimestamp(row.createdAt) }];
    });
  }
}
