import type { GroupId, MediaId, UserId } from '../ids.js';
import { TOPICS } from '../topics.js';
import type { GroupCard, JoinPolicy, Page, Role, Timestamp } from '../wire/index.js';
import { READS, rpcOf } from './rpc.js';
import type { PageQuery } from './user.js';

/** A member as the group service knows it; the gateway adds the profile. */
export interface MemberRecord {
  userId: UserId;
  role: Role;
  mutedUntil: Timestamp | null;
  joinedAt: Timestamp;
}

export interface JoinRequestRecord {
  userId: UserId;
  message: string;
  createdAt: Timestamp;
}

export interface AddResult {
  added: UserId[];
  /** Members already, or no friends of the caller. */
  skipped: UserId[];
}

const define = rpcOf(TOPICS.groupRequests);
const byGroup = { key: (data: { groupId: GroupId }) => data.groupId };
type OfGroup<T = unknown> = { groupId: GroupId } & T;

/** What the group service answers. */
export const groupRpc = {
  create: define.guarded<
    { name: string; joinPolicy: JoinPolicy; memberIds: UserId[]; clientGroupId?: string },
    GroupCard
  >('group.create'),
  listMine: define.guarded<PageQuery, Page<GroupCard>>('group.list-mine', READS),
  get: define.guarded<OfGroup, GroupCard>('group.get', READS),
  update: define.guarded<
    OfGroup<{ name?: string; joinPolicy?: JoinPolicy; avatarMediaId?: MediaId | null }>,
    GroupCard
  >('group.update', byGroup),
  dissolve: define.guarded<OfGroup, null>('group.dissolve', byGroup),
  directory: define.guarded<PageQuery & { q: string }, Page<GroupCard>>('group.directory', READS),
  join: define.guarded<OfGroup<{ message?: string }>, { status: 'joined' | 'pending' }>('group.join', byGroup),
  leave: define.guarded<OfGroup, null>('group.leave', byGroup),
  members: define.guarded<OfGroup<PageQuery>, Page<MemberRecord>>('group.members', READS),
  addMembers: define.guarded<OfGroup<{ userIds: UserId[] }>, AddResult>('group.add-members', byGroup),
  kick: define.guarded<OfGroup<{ userId: UserId }>, null>('group.kick', byGroup),
  updateMember: define.guarded<
    OfGroup<{ userId: UserId; role?: 'admin' | 'member'; mutedUntil?: Timestamp | null }>,
    MemberRecord
  >('group.update-member', byGroup),
  transfer: define.guarded<OfGroup<{ userId: UserId }>, GroupCard>('group.transfer', byGroup),
  listJoinRequests: define.guarded<OfGroup<PageQuery>, Page<JoinRequestRecord>>('group.list-join-requests', READS),
  approveJoin: define.guarded<OfGroup<{ userId: UserId }>, null>('group.approve-join', byGroup),
  rejectJoin: define.guarded<OfGroup<{ userId: UserId }>, null>('group.reject-join', byGroup),
  /** Cards of the groups that the viewer is in, for the conversation list; others are left out. */
  cards: define.open<{ viewerId: UserId; groupIds: GroupId[] }, GroupCard[]>('group.cards', READS),
  /** All members of one group: what the Redis set is rebuilt from. */
  memberIds: define.open<OfGroup, UserId[]>('group.member-ids', READS),
  /** All groups of one person: what the Redis set is rebuilt from. */
  groupIds: define.open<{ userId: UserId }, GroupId[]>('group.group-ids', READS),
};
