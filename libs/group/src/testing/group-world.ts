import {
  DunlinError,
  EventBus,
  groupEvents,
  messageRpc,
  Relations,
  RpcClient,
  type AuthedRequest,
  type DomainEvent,
  type ErrorCode,
  type GroupCard,
  type GroupChange,
  type GroupId,
  type JoinPolicy,
  type Rpc,
  type SessionId,
  type UserId,
} from '@dunlin/contracts';
import { Clock, newId, type Config } from '@dunlin/platform';
import { openTemporary, Outbox, UnitOfWork, type Database } from '@dunlin/storage';
import { ChangeDelivery } from '../change/change-delivery.js';
import { GroupChanges } from '../change/group-changes.js';
import { GroupOutboxRow, GroupRequestRow } from '../change/outbox.entity.js';
import { groupSchema } from '../group.schema.js';
import { Foundings } from '../group/foundings.js';
import { GroupDirectory } from '../group/group-directory.js';
import { GroupsService } from '../group/groups.service.js';
import { JoinRequestsService } from '../join-request/join-requests.service.js';
import { WaitingNews } from '../join-request/waiting-news.js';
import { MembershipService } from '../membership/membership.service.js';
import { RolesService } from '../membership/roles.service.js';
import { RosterService } from '../membership/roster.service.js';

/** The conversations' logs as far as groups know them: they take version n+1 only after n. */
export class RecordingLog extends RpcClient {
  readonly changes: GroupChange[] = [];
  private readonly versions = new Map<GroupId, number>();
  /** How many of the next calls fail. */
  failures = 0;
  /** Awaited before each change is taken. */
  gate: Promise<void> = Promise.resolve();

  async call<Data, Result>(rpc: Rpc<Data, Result>, data: Data): Promise<Result> {
    if (rpc.pattern !== messageRpc.applyGroupChange.pattern) throw new Error(`Nobody answers ${rpc.pattern}`);
    if (this.failures > 0) {
      this.failures--;
      throw new DunlinError('unavailable');
    }
    await this.gate;
    const change = data as unknown as GroupChange;
    const reached = this.versions.get(change.groupId) ?? 0;
    if (change.version !== reached + 1) return { version: reached } as Result;
    this.versions.set(change.groupId, change.version);
    this.changes.push(change);
    return { version: change.version } as Result;
  }

  /** What the conversation of the group says, as `event` or `event user`. */
  lines(groupId: string): string[] {
    return this.changes
      .filter((change) => change.groupId === groupId)
      .flatMap((change) => change.announcements.map(({ event, userId }) => (userId ? `${event} ${userId}` : event)));
  }

  /** The members that the log would let write. */
  members(groupId: string): string[] {
    const members = new Set<string>();
    for (const { joined = [], left = [] } of this.changes.filter((change) => change.groupId === groupId)) {
      left.forEach((userId) => members.delete(userId));
      joined.forEach((userId) => members.add(userId));
    }
    return [...members].sort();
  }
}

export class RecordingBus extends EventBus {
  readonly joined: { card: GroupCard; userIds: UserId[] }[] = [];
  readonly updated: { card: GroupCard; adminIds: UserId[]; mute?: { userId: UserId; until: string | null } }[] = [];
  readonly left: { groupId: GroupId; userIds: UserId[]; reason: string }[] = [];
  readonly waiting: { groupId: GroupId; userIds: UserId[]; waiting: number }[] = [];
  failures = 0;

  async publish<T>(event: DomainEvent<T>, data: T): Promise<void> {
    if (this.failures > 0) {
      this.failures--;
      throw new DunlinError('unavailable');
    }
    if (event.pattern === groupEvents.joined.pattern) this.joined.push(data as never);
    if (event.pattern === groupEvents.updated.pattern) this.updated.push(data as never);
    if (event.pattern === groupEvents.left.pattern) this.left.push(data as never);
    if (event.pattern === groupEvents.requests.pattern) this.waiting.push(data as never);
  }
}

export class RecordingRelations extends Relations {
  private readonly friends = new Map<UserId, Set<UserId>>();
  private readonly members = new Map<GroupId, Set<UserId>>();

  befriend(a: string, ...others: string[]): void {
    for (const b of others) {
      this.setOf(this.friends, a as UserId).add(b as UserId);
      this.setOf(this.friends, b as UserId).add(a as UserId);
    }
  }

  part(a: string, b: string): void {
    this.setOf(this.friends, a as UserId).delete(b as UserId);
    this.setOf(this.friends, b as UserId).delete(a as UserId);
  }

  async currentFriendsOf(userId: UserId): Promise<ReadonlySet<UserId>> {
    return this.setOf(this.friends, userId);
  }
  friendsOf(): Promise<ReadonlySet<UserId>> {
    throw new Error('Not asked for here');
  }
  areFriends(): Promise<boolean> {
    throw new Error('Not asked for here');
  }
  async membersOf(groupId: GroupId): Promise<ReadonlySet<UserId>> {
    return this.setOf(this.members, groupId);
  }
  groupsOf(): Promise<ReadonlySet<GroupId>> {
    throw new Error('Not asked for here');
  }
  acquaintances(): Promise<UserId[]> {
    throw new Error('Not asked for here');
  }
  friendshipChanged(): Promise<void> {
    throw new Error('Not asked for here');
  }
  async membershipChanged(
    groupId: GroupId,
    { joined = [], left = [] }: { joined?: UserId[]; left?: UserId[] },
  ): Promise<void> {
    const members = this.setOf(this.members, groupId);
    joined.forEach((userId) => members.add(userId));
    left.forEach((userId) => members.delete(userId));
  }
  async groupDissolved(groupId: GroupId): Promise<void> {
    this.members.delete(groupId);
  }

  private setOf<K, V>(sets: Map<K, Set<V>>, key: K): Set<V> {
    const set = sets.get(key) ?? new Set<V>();
    sets.set(key, set);
    return set;
  }
}

export class MovableClock extends Clock {
  at = Date.UTC(2026, 10, 23, 9);
  override now(): number {
    return this.at;
  }
}

/** A request as the transport hands it over. */
export const by = <T>(userId: string, data: T): AuthedRequest<T> => ({
  requestId: newId(),
  traceId: newId(),
  deadline: Number.MAX_SAFE_INTEGER,
  caller: { userId: userId as UserId, sessionId: `session of ${userId}` as SessionId },
  data,
});

export const ids = (...names: string[]): UserId[] => names as UserId[];

/** The code that a request was refused with. */
export const refusal = async (work: Promise<unknown>): Promise<ErrorCode | 'none'> =>
  work.then(
    () => 'none' as const,
    (error: unknown) => (error instanceof DunlinError ? error.code : Promise.reject(error as Error)),
  );

export const MAX_MEMBERS = 5;

/** The group context on a database of its own, with everybody around it recorded. */
export class GroupWorld {
  readonly log = new RecordingLog();
  readonly bus = new RecordingBus();
  readonly relations = new RecordingRelations();
  readonly clock = new MovableClock();
  readonly outbox: Outbox;
  readonly directory: GroupDirectory;
  readonly groups: GroupsService;
  readonly membership: MembershipService;
  readonly roles: RolesService;
  readonly roster: RosterService;
  readonly requests: JoinRequestsService;

  private constructor(
    readonly db: Database,
    readonly close: () => Promise<void>,
  ) {
    const tables = { outbox: GroupOutboxRow, requests: GroupRequestRow };
    const work = new UnitOfWork(db, this.clock, tables);
    this.outbox = new Outbox(db, this.clock, tables);
    new ChangeDelivery(db, this.outbox, this.log, this.relations, this.bus, this.clock).onModuleInit();
    const config = { groupMaxMembers: MAX_MEMBERS } as Config;
    const changes = new GroupChanges(db, work, this.outbox, this.clock, config);
    this.directory = new GroupDirectory(db, this.clock);
    this.groups = new GroupsService(changes, new Foundings(db), this.directory, this.relations);
    const news = new WaitingNews(db, this.bus);
    this.membership = new MembershipService(changes, this.relations, news);
    this.roles = new RolesService(changes);
    this.roster = new RosterService(db, this.directory, this.clock);
    this.requests = new JoinRequestsService(db, this.directory, changes, news);
  }

  static async open(): Promise<GroupWorld> {
    const { db, close } = await openTemporary(groupSchema);
    return new GroupWorld(db, close);
  }

  /** A group of ann's with these members. */
  async found(joinPolicy: JoinPolicy, ...members: string[]): Promise<GroupId> {
    this.relations.befriend('ann', ...members);
    const card = await this.groups.create(by('ann', { name: 'Dunlin', joinPolicy, memberIds: ids(...members) }));
    return card.id as GroupId;
  }

  async promote(groupId: GroupId, ...userIds: string[]): Promise<void> {
    for (const userId of ids(...userIds))
      await this.roles.updateMember(by('ann', { groupId, userId, role: 'admin' as const }));
  }

  /** Members and their roles, by name. */
  async rolesOf(groupId: GroupId): Promise<Record<string, string>> {
    const rows = await this.db.query<{ userId: string; role: string }>(
      'SELECT userId, role FROM group_members WHERE groupId = ? ORDER BY userId',
      [groupId],
    );
    return Object.fromEntries(rows.map((row) => [row.userId, row.role]));
  }
}
