import type { GroupId, UserId } from '../ids.js';

/**
 * Who is whose friend and who is in which group, fast: Redis sets (or memory) rebuilt from SQL when they are missing.
 * It may be a moment behind; what must be exact (may this person write here) is decided under the conversation's lock.
 */
export abstract class Relations {
  abstract friendsOf(userId: UserId): Promise<ReadonlySet<UserId>>;
  /** As of now, from their owner: for what is rare and must not be decided by what was. */
  abstract currentFriendsOf(userId: UserId): Promise<ReadonlySet<UserId>>;
  abstract areFriends(a: UserId, b: UserId): Promise<boolean>;
  abstract membersOf(groupId: GroupId): Promise<ReadonlySet<UserId>>;
  abstract groupsOf(userId: UserId): Promise<ReadonlySet<GroupId>>;
  /** Those of `others` that are friends or fellow members of `userId`. */
  abstract acquaintances(userId: UserId, others: readonly UserId[]): Promise<UserId[]>;

  /** After a commit that changed the friendship of the two. Never throws: what it cannot say it forgets. */
  abstract friendshipChanged(a: UserId, b: UserId, friends: boolean): Promise<void>;
  /** After a commit that changed a group's members. Never throws. */
  abstract membershipChanged(groupId: GroupId, change: { joined?: UserId[]; left?: UserId[] }): Promise<void>;
  /** After a dissolve. */
  abstract groupDissolved(groupId: GroupId, members: UserId[]): Promise<void>;
}
