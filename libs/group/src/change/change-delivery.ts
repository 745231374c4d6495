import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  EventBus,
  groupEvents,
  messageRpc,
  Relations,
  RpcClient,
  type GroupId,
  type LeaveReason,
  type Timestamp,
  type UserId,
} from '@dunlin/contracts';
import { chunks, Clock } from '@dunlin/platform';
import { Database, marks, Outbox } from '@dunlin/storage';
import { GROUP_COLUMNS, toCard, type GroupState } from '../group/group-state.js';
import { muteOnWire } from './locked-group.js';
import type { ToldChange } from './told-change.js';

/** So that an event about many people fits in one record. */
const PEOPLE_PER_EVENT = 1000;

/**
 * Tells the others what was committed: first the conversation's log, which decides who reads what; then the sets of
 * who is in which group; then the devices. Each step may be repeated.
 */
@Injectable()
export class ChangeDelivery implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly rpc: RpcClient,
    private readonly relations: Relations,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.outbox.on<ToldChange>('change', (told) => this.deliver(told));
  }

  private async deliver({ change, reason }: ToldChange): Promise<void> {
    const { groupId } = change;
    const { version } = await this.rpc.call(messageRpc.applyGroupChange, change);
    // One before it is on its way, by another process: begin again with the oldest that is still waiting.
    if (version < change.version) throw new Error(`The log is at version ${version}, before ${change.version}`);
    if (change.dissolved) return this.dissolved(groupId);

    const { joined = [], left = [] } = change;
    const members = await this.tellRelations(groupId, [...joined, ...left]);
    const away = left.filter((userId) => !members.has(userId));
    if (reason) await this.tellLeft(groupId, away, reason);
    await this.tellCard(
      groupId,
      joined.filter((userId) => members.has(userId)),
      change.muted?.userId,
    );
  }

  private async dissolved(groupId: GroupId): Promise<void> {
    const rows = await this.db.query<{ userId: UserId }>('SELECT userId FROM group_members WHERE groupId = ?', [
      groupId,
    ]);
    const members = rows.map((row) => row.userId);
    await this.relations.groupDissolved(groupId, members);
    await this.tellLeft(groupId, members, 'dissolved');
  }

  /**
   * Says what holds now instead of what changed then: a late or repeated delivery must not undo a later change.
   * @returns those of them who are members
   */
  private async tellRelations(groupId: GroupId, people: UserId[]): Promise<ReadonlySet<UserId>> {
    if (people.length === 0) return new Set();
    const rows = await this.db.query<{ userId: UserId }>(
      `SELECT m.userId AS userId FROM group_members m JOIN chat_groups g ON g.id = m.groupId
       WHERE m.groupId = ? AND g.dissolvedAt IS NULL AND m.userId IN (${marks(people.length)})`,
      [groupId, ...people],
    );
    const members = new Set(rows.map((row) => row.userId));
    await this.relations.membershipChanged(groupId, {
      joined: people.filter((userId) => members.has(userId)),
      left: people.filter((userId) => !members.has(userId)),
    });
    return members;
  }

  private async tellLeft(groupId: GroupId, people: UserId[], reason: LeaveReason): Promise<void> {
    for (const userIds of chunks(people, PEOPLE_PER_EVENT))
      await this.bus.publish(groupEvents.left, { groupId, userIds, reason });
  }

  /** To the new ones that they are in; to all what the group looks like now. */
  private async tellCard(groupId: GroupId, joined: UserId[], silenced?: UserId): Promise<void> {
    const [group] = await this.db.query<GroupState>(
      `SELECT ${GROUP_COLUMNS} FROM chat_groups g WHERE g.id = ? AND g.dissolvedAt IS NULL`,
      [groupId],
    );
    if (!group) return;
    const card = toCard(group, null);
    if (joined.length > 0) await this.bus.publish(groupEvents.joined, { card, userIds: joined });
    if (group.memberCount === joined.length) return;
    const admins = await this.db.query<{ userId: UserId }>(
      "SELECT userId FROM group_members WHERE groupId = ? AND role = 'admin'",
      [groupId],
    );
    const mute = silenced && (await this.muteOf(groupId, silenced));
    const adminIds = admins.map((row) => row.userId);
    await this.bus.publish(groupEvents.updated, { card, adminIds, ...(mute ? { mute } : {}) });
  }

  /** As it is now; undefined for who has left. */
  private async muteOf(
    groupId: GroupId,
    userId: UserId,
  ): Promise<{ userId: UserId; until: Timestamp | null } | undefined> {
    const [member] = await this.db.query<{ mutedUntil: number | string | null }>(
      'SELECT mutedUntil FROM group_members WHERE groupId = ? AND userId = ?',
      [groupId, userId],
    );
    return member && { userId, until: muteOnWire(member.mutedUntil, this.clock.now()) };
  }
}
