import {
  DunlinError,
  ROLES,
  type GroupCard,
  type GroupChange,
  type GroupId,
  type LeaveReason,
  type Role,
  type SystemEvent,
  type Timestamp,
  type UserId,
} from '@dunlin/contracts';
import { newId, toTimestamp } from '@dunlin/platform';
import { insertRows, marks, type Transaction } from '@dunlin/storage';
import { toCard, type GroupState } from '../group/group-state.js';
import type { ToldChange } from './told-change.js';

export interface MemberState {
  userId: UserId;
  role: Role;
  /** Milliseconds since the epoch; perhaps past. */
  mutedUntil: number | null;
  joinedAt: number;
}

/** Every admin is named in each `group.updated` event, which has to fit in one record. */
const MAX_ADMINS = 1000;

const rank = (role: Role): number => ROLES.length - ROLES.indexOf(role);

/**
 * One group whose row the running transaction holds. What is read here is true until the commit, and what one request
 * changes leaves as one change with the next version.
 */
export class LockedGroup {
  private readonly announcements: GroupChange['announcements'] = [];
  private readonly joined: UserId[] = [];
  private readonly left: UserId[] = [];
  private muted: GroupChange['muted'];
  private reason: LeaveReason | undefined;
  private changed = false;

  constructor(
    private readonly tx: Transaction,
    private readonly state: GroupState,
    readonly actorId: UserId,
    readonly now: number,
    private readonly maxMembers: number,
  ) {}

  get id(): GroupId {
    return this.state.id as GroupId;
  }

  get facts(): Readonly<GroupState> {
    return this.state;
  }

  /** As the actor sees it. @param mutedUntil the actor's; an owner is never silenced */
  card(role: Role, mutedUntil: number | null = null): GroupCard {
    return toCard(this.state, role, muteOnWire(mutedUntil, this.now));
  }

  async member(userId: UserId): Promise<MemberState | undefined> {
    const [row] = await this.query<MemberState>(
      'SELECT userId, role, mutedUntil, joinedAt FROM group_members WHERE groupId = ? AND userId = ?',
      [this.id, userId],
    );
    if (!row) return undefined;
    return {
      ...row,
      mutedUntil: row.mutedUntil === null ? null : Number(row.mutedUntil),
      joinedAt: Number(row.joinedAt),
    };
  }

  /** Those of `userIds` that are members. */
  async membersAmong(userIds: readonly UserId[]): Promise<Set<UserId>> {
    if (userIds.length === 0) return new Set();
    const rows = await this.query<{ userId: UserId }>(
      `SELECT userId FROM group_members WHERE groupId = ? AND userId IN (${marks(userIds.length)})`,
      [this.id, ...userIds],
    );
    return new Set(rows.map((row) => row.userId));
  }

  /** @throws DunlinError `not_a_member`; `not_found` where an outsider must not learn that the group exists */
  async actor(): Promise<MemberState> {
    const actor = await this.member(this.actorId);
    if (!actor) throw outsider(this.state);
    return actor;
  }

  /** @throws DunlinError like {@link actor}, and `forbidden` for a plain member */
  async asAdmin(): Promise<Role> {
    const { role } = await this.actor();
    if (role === 'member') throw new DunlinError('forbidden');
    return role;
  }

  /** @throws DunlinError like {@link actor}, and `forbidden` for everybody but the owner */
  async asOwner(): Promise<void> {
    if ((await this.actor()).role !== 'owner') throw new DunlinError('forbidden');
  }

  /**
   * The member whom the actor acts on: admins on members, the owner on all.
   * @throws DunlinError like {@link asAdmin}, `forbidden` upwards, sideways and on oneself, `not_found` for no member
   */
  async subject(userId: UserId): Promise<MemberState> {
    const role = await this.asAdmin();
    if (userId === this.actorId) throw new DunlinError('forbidden');
    const member = await this.member(userId);
    if (!member) throw new DunlinError('not_found');
    if (rank(member.role) >= rank(role)) throw new DunlinError('forbidden');
    return member;
  }

  /**
   * Takes people in who are not members, and forgets their requests to join.
   * @param keepsMute whether a silence from an earlier membership goes on: true for who comes back unasked, one person
   * @throws DunlinError `group_full`, with nobody taken in
   */
  async add(
    userIds: readonly UserId[],
    { owner, keepsMute = false }: { owner?: UserId; keepsMute?: boolean } = {},
  ): Promise<void> {
    if (userIds.length === 0) return;
    if (this.state.memberCount + userIds.length > this.maxMembers) throw new DunlinError('group_full');
    const mute = keepsMute ? await this.rememberedMute(userIds[0] as UserId) : null;
    insertRows(this.tx.manager, {
      table: 'group_members',
      columns: ['groupId', 'userId', 'role', 'mutedUntil', 'joinedAt'],
      rows: userIds.map((userId) => ({
        groupId: this.id,
        userId,
        role: userId === owner ? 'owner' : 'member',
        mutedUntil: mute,
        joinedAt: this.now,
      })),
    });
    for (const table of ['group_join_requests', 'group_mutes'])
      await this.query(`DELETE FROM ${table} WHERE groupId = ? AND userId IN (${marks(userIds.length)})`, [
        this.id,
        ...userIds,
      ]);
    if (mute !== null) this.muted = { userId: userIds[0] as UserId, until: toTimestamp(mute) };
    this.state.memberCount += userIds.length;
    this.joined.push(...userIds);
    this.touch();
  }

  async remove(member: MemberState, reason: 'left' | 'kicked'): Promise<void> {
    if (member.mutedUntil !== null && member.mutedUntil > this.now)
      await this.query('INSERT INTO group_mutes (groupId, userId, mutedUntil) VALUES (?, ?, ?)', [
        this.id,
        member.userId,
        member.mutedUntil,
      ]);
    await this.query('DELETE FROM group_members WHERE groupId = ? AND userId = ?', [this.id, member.userId]);
    this.state.memberCount -= 1;
    this.left.push(member.userId);
    this.reason = reason;
    this.touch();
  }

  /** @throws DunlinError `conflict` when there are {@link MAX_ADMINS} already */
  async setRole(userId: UserId, role: Role): Promise<void> {
    if (role === 'admin') {
      const [row] = await this.query<{ n: number | string }>(
        "SELECT COUNT(*) AS n FROM group_members WHERE groupId = ? AND role = 'admin'",
        [this.id],
      );
      if (Number(row?.n) >= MAX_ADMINS) throw new DunlinError('conflict', { message: 'There are too many admins' });
    }
    await this.query('UPDATE group_members SET role = ? WHERE groupId = ? AND userId = ?', [role, this.id, userId]);
    if (role === 'owner') this.state.ownerId = userId;
    this.touch();
  }

  /** @param until milliseconds since the epoch; null ends the silence */
  async setMute(userId: UserId, until: number | null): Promise<void> {
    await this.query('UPDATE group_members SET mutedUntil = ? WHERE groupId = ? AND userId = ?', [
      until,
      this.id,
      userId,
    ]);
    this.muted = { userId, until: until === null ? null : toTimestamp(until) };
    this.touch();
  }

  edit(changes: Partial<Pick<GroupState, 'name' | 'nameKey' | 'joinPolicy' | 'avatarMediaId'>>): void {
    Object.assign(this.state, changes);
    this.touch();
  }

  async dissolve(): Promise<void> {
    this.state.dissolvedAt = this.now;
    this.reason = 'dissolved';
    await this.query('DELETE FROM group_join_requests WHERE groupId = ?', [this.id]);
    await this.query('DELETE FROM group_mutes WHERE groupId = ?', [this.id]);
    this.touch();
  }

  /** Puts a line into the conversation. */
  announce(event: SystemEvent, detail: { userId?: UserId; name?: string } = {}): void {
    this.announcements.push({ event, ...detail });
  }

  /** Runs SQL under the group's lock. */
  async query<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    return (await this.tx.manager.query(sql, parameters)) as T[];
  }

  /** Writes the row and tells of the change; does nothing when there was none. */
  async save(): Promise<void> {
    if (!this.changed) return;
    const { state } = this;
    state.version += 1;
    await this.query(
      `UPDATE chat_groups SET name = ?, nameKey = ?, joinPolicy = ?, ownerId = ?, avatarMediaId = ?, memberCount = ?,
         version = ?, dissolvedAt = ? WHERE id = ?`,
      [
        state.name,
        state.nameKey,
        state.joinPolicy,
        state.ownerId,
        state.avatarMediaId,
        state.memberCount,
        state.version,
        state.dissolvedAt,
        state.id,
      ],
    );
    const told: ToldChange = { change: this.toChange() };
    if (this.reason !== undefined) told.reason = this.reason;
    await this.tx.tell({ aggregate: aggregateOf(this.id), position: state.version, type: 'change', payload: told });
  }

  private toChange(): GroupChange {
    const change: GroupChange = {
      id: newId(),
      groupId: this.id,
      version: this.state.version,
      actorId: this.actorId,
      at: toTimestamp(this.now),
      announcements: this.announcements,
    };
    if (this.joined.length > 0) change.joined = this.joined;
    if (this.left.length > 0) change.left = this.left;
    if (this.muted) change.muted = this.muted;
    if (this.reason === 'dissolved') change.dissolved = true;
    return change;
  }

  private touch(): void {
    this.changed = true;
  }

  private async rememberedMute(userId: UserId): Promise<number | null> {
    const [row] = await this.query<{ mutedUntil: number | string }>(
      'SELECT mutedUntil FROM group_mutes WHERE groupId = ? AND userId = ?',
      [this.id, userId],
    );
    return row && Number(row.mutedUntil) > this.now ? Number(row.mutedUntil) : null;
  }
}

/** What somebody who is no member is told. */
export const outsider = (group: Pick<GroupState, 'joinPolicy'>): DunlinError =>
  new DunlinError(group.joinPolicy === 'invite' ? 'not_found' : 'not_a_member');

/** Outbox rows of one group are delivered in the order of its versions. */
export const aggregateOf = (groupId: GroupId): string => `group:${groupId}`;

/** The end of a silence as the wire has it; one that is over is none. */
export const muteOnWire = (mutedUntil: number | string | null, now: number): Timestamp | null =>
  mutedUntil !== null && Number(mutedUntil) > now ? toTimestamp(Number(mutedUntil)) : null;
