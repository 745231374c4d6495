import type { MediaId, SessionId, UserId } from '../ids.js';
import { TOPICS } from '../topics.js';
import type {
  AuthResult,
  Block,
  Friend,
  FriendRequest,
  Page,
  Session,
  Timestamp,
  TokenPair,
  User,
} from '../wire/index.js';
import { READS, rpcOf } from './rpc.js';

export interface PageQuery {
  /** 1–100. */
  limit: number;
  /** Opaque, from the page before. */
  cursor?: string;
}

export interface SessionStatus {
  active: boolean;
  userId: UserId | null;
}

export interface FriendRequestTarget {
  userId?: UserId;
  username?: string;
  message: string;
}

const define = rpcOf(TOPICS.userRequests);
const credentials = rpcOf(TOPICS.credentialRequests);

/** What the user service answers. */
export const userRpc = {
  register: credentials.open<{ username: string; password: string; displayName?: string; device?: string }, AuthResult>(
    'user.register',
    { sealed: true },
  ),
  login: credentials.open<{ username: string; password: string; device?: string }, AuthResult>(
    'user.login',
    // who was refused is not let in by a repeat, whose answer nobody gets
    { sealed: true, refusedAtOnce: true },
  ),
  refresh: define.open<{ refreshToken: string; refreshId?: string }, TokenPair>('user.refresh', { sealed: true }),
  logout: define.guarded<Record<string, never>, null>('user.logout'),
  changePassword: credentials.guarded<{ currentPassword: string; newPassword: string }, null>('user.change-password', {
    sealed: true,
  }),
  listSessions: define.guarded<PageQuery, Page<Session>>('user.list-sessions', READS),
  revokeSession: define.guarded<{ sessionId: SessionId }, null>('user.revoke-session'),
  /** The truth behind the session cache. */
  sessionStatus: define.open<{ sessionId: SessionId }, SessionStatus>('user.session-status', READS),

  me: define.guarded<Record<string, never>, User>('user.me', READS),
  /** `avatarMediaId` has been published before, by {@link messageRpc.publishMedia}. */
  updateMe: define.guarded<{ displayName?: string; avatarMediaId?: MediaId | null }, User>('user.update-me'),
  search: define.guarded<PageQuery & { q: string }, Page<User>>('user.search', READS),
  get: define.guarded<{ userId: UserId }, User>('user.get', READS),
  /** Known users among the ids, in no order. At most 2,000. */
  byIds: define.open<{ userIds: UserId[] }, User[]>('user.by-ids', READS),
  /** When offline people were last connected; null when never. */
  lastSeen: define.open<{ userIds: UserId[] }, Record<string, Timestamp | null>>('user.last-seen', READS),
  /** They were connected then. At most 500. */
  touch: define.open<{ userIds: UserId[]; at: Timestamp }, null>('user.touch'),

  listFriends: define.guarded<PageQuery, Page<Friend>>('user.list-friends', READS),
  removeFriend: define.guarded<{ userId: UserId }, null>('user.remove-friend'),
  /** All friends of one person: what the Redis set is rebuilt from. */
  friendIds: define.open<{ userId: UserId }, UserId[]>('user.friend-ids', READS),
  requestFriend: define.guarded<FriendRequestTarget, FriendRequest>('user.request-friend'),
  listFriendRequests: define.guarded<PageQuery & { direction: 'incoming' | 'outgoing' }, Page<FriendRequest>>(
    'user.list-friend-requests',
    READS,
  ),
  acceptFriendRequest: define.guarded<{ requestId: string }, FriendRequest>('user.accept-friend-request'),
  declineFriendRequest: define.guarded<{ requestId: string }, FriendRequest>('user.decline-friend-request'),
  withdrawFriendRequest: define.guarded<{ requestId: string }, null>('user.withdraw-friend-request'),
  listBlocks: define.guarded<PageQuery, Page<Block>>('user.list-blocks', READS),
  block: define.guarded<{ userId: UserId }, null>('user.block'),
  unblock: define.guarded<{ userId: UserId }, null>('user.unblock'),
};
