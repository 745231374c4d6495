import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  DunlinError,
  EventBus,
  messageRpc,
  pairOf,
  Relations,
  RpcClient,
  userEvents,
  type Tie,
  type UserId,
} from '@dunlin/contracts';
import { forUpdate, insertIgnore, Database, Outbox, UnitOfWork, type Transaction } from '@dunlin/storage';
import { UserRow } from '../account/user.entity.js';
import { ProfilesService } from '../account/profiles.service.js';
import { TieRow } from './tie.entity.js';

type Announced = 'added' | 'removed' | null;

interface TieChange {
  tie: Tie;
  announce: Announced;
}

/** Whose devices are to ask again. */
interface TieTold {
  userId: UserId;
  otherId: UserId;
  toBoth: boolean;
}

const CHANGED = 'tie-changed';
const TOLD = 'tie-told';

/** Two people, as one of them: what they are to each other, held under lock. */
export class LockedTie {
  /** Whether a request between the two was made, answered or withdrawn. */
  requestsChanged = false;
  private readonly before: string;

  constructor(
    readonly row: TieRow,
    readonly me: UserId,
    readonly other: UserId,
  ) {
    this.before = JSON.stringify(row);
  }

  get friends(): boolean {
    return this.row.friendsSince !== null;
  }
  get blocked(): boolean {
    return this.row.lowBlockedAt !== null || this.row.highBlockedAt !== null;
  }
  set blockedByMe(at: number | null) {
    if (this.me === this.row.lowId) this.row.lowBlockedAt = at;
    else this.row.highBlockedAt = at;
  }
  get blockedByMe(): number | null {
    return this.me === this.row.lowId ? this.row.lowBlockedAt : this.row.highBlockedAt;
  }
  get changed(): boolean {
    return JSON.stringify(this.row) !== this.before;
  }
}

export const aggregateOf = (a: UserId, b: UserId): string => `tie:${pairOf(a, b).join(':')}`;

/** The one way to change what two people are to each other: under the lock of their row, told to all whom it concerns. */
@Injectable()
export class TiesService implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly work: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly rpc: RpcClient,
    private readonly relations: Relations,
    private readonly bus: EventBus,
    private readonly profiles: ProfilesService,
  ) {}

  onModuleInit(): void {
    this.outbox.on<TieChange>(CHANGED, (change) => this.deliver(change));
    this.outbox.on<TieTold>(TOLD, (told) => this.bus.publish(userEvents.tieChanged, told));
  }

  /**
   * Runs `act` under the lock of the pair. If it changed the tie, the change is delivered before this resolves: a send
   * made after that meets the new state everywhere.
   * @param told whose devices are told to ask again; a block is not for the other one to know
   * @throws DunlinError `not_found` when there is no such person
   */
  async change<T>(
    requestId: string,
    me: UserId,
    other: UserId,
    act: (tie: LockedTie, tx: Transaction) => Promise<T>,
    told: 'me' | 'both' = 'me',
  ): Promise<T> {
    const result = await this.work.once(requestId, async (tx) => {
      const tie = await this.lock(tx, me, other);
      const wereFriends = tie.friends;
      const outcome = await act(tie, tx);
      if (tie.changed) await this.save(tx, tie, wereFriends);
      if (tie.changed || tie.requestsChanged)
        await tx.tell({
          aggregate: aggregateOf(me, other),
          position: tie.row.version,
          type: TOLD,
          payload: { userId: me, otherId: other, toBoth: told === 'both' } satisfies TieTold,
        });
      return outcome;
    });
    await this.outbox.flush(aggregateOf(me, other));
    return result;
  }

  private async lock(tx: Transaction, me: UserId, other: UserId): Promise<LockedTie> {
    if (!(await tx.manager.existsBy(UserRow, { id: other }))) throw new DunlinError('not_found');
    const [lowId, highId] = pairOf(me, other);
    const { dialect } = this.db;
    await tx.manager.query(`${insertIgnore(dialect)} INTO ties (lowId, highId) VALUES (?, ?)`, [lowId, highId]);
    await tx.manager.query(`SELECT version FROM ties WHERE lowId = ? AND highId = ?${forUpdate(dialect)}`, [
      lowId,
      highId,
    ]);
    return new LockedTie(await tx.manager.findOneByOrFail(TieRow, { lowId, highId }), me, other);
  }

  private async save(tx: Transaction, tie: LockedTie, wereFriends: boolean): Promise<void> {
    const { row } = tie;
    row.version += 1;
    const { lowId, highId, ...columns } = row;
    await tx.manager.update(TieRow, { lowId, highId }, columns);
    const announce: Announced = tie.friends === wereFriends ? null : tie.friends ? 'added' : 'removed';
    await tx.tell({
      aggregate: aggregateOf(tie.me, tie.other),
      position: row.version,
      type: CHANGED,
      payload: { tie: toTie(row), announce } satisfies TieChange,
    });
  }

  private async deliver({ tie, announce }: TieChange): Promise<void> {
    await this.rpc.call(messageRpc.applyTie, tie);
    const [a, b] = tie.userIds;
    // what holds now instead of what changed then: a late or repeated delivery must not undo a later change
    const friends = await this.areFriends(a, b);
    await this.relations.friendshipChanged(a, b, friends);
    if (announce === 'removed' && !friends) await this.bus.publish(userEvents.friendRemoved, { userIds: tie.userIds });
    if (announce !== 'added' || !friends) return;
    const users = await Promise.all([this.profiles.get(a), this.profiles.get(b)]);
    await this.bus.publish(userEvents.friendAdded, { users });
  }

  private async areFriends(lowId: UserId, highId: UserId): Promise<boolean> {
    const row = await this.db.read((from) => from.findOneByOrFail(TieRow, { lowId, highId }));
    return row.friendsSince !== null;
  }
}

const toTie = (row: TieRow): Tie => {
  const blockedBy: UserId[] = [];
  if (row.lowBlockedAt !== null) blockedBy.push(row.lowId as UserId);
  if (row.highBlockedAt !== null) blockedBy.push(row.highId as UserId);
  return {
    userIds: [row.lowId as UserId, row.highId as UserId],
    version: row.version,
    friends: row.friendsSince !== null,
    blockedBy,
  };
};
