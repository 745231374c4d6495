import { streamOf, type ConversationId, type GroupId, type SessionId, type UserId } from '../ids.js';
import { TOPICS } from '../topics.js';
import type { FriendRequest, GroupCard, LeaveReason, Message, RevokeReason, Timestamp, User } from '../wire/index.js';
import { eventOf } from './event.js';

const ofUser = eventOf(TOPICS.userEvents);
const ofGroup = eventOf(TOPICS.groupEvents);
const ofMessage = eventOf(TOPICS.messageEvents);
const signal = eventOf(TOPICS.signals);

export const userEvents = {
  friendRequested: ofUser<{ request: FriendRequest }>('user.friend-requested', (e) => e.request.to.id),
  /** Both sides learn it. */
  friendAdded: ofUser<{ users: [User, User] }>('user.friend-added', (e) => e.users[0].id),
  friendRemoved: ofUser<{ userIds: [UserId, UserId] }>('user.friend-removed', (e) => e.userIds[0]),
  /** What `userId` is to the other one may be asked again; for their own devices, or for those of both. */
  tieChanged: ofUser<{ userId: UserId; otherId: UserId; toBoth: boolean }>('user.tie-changed', (e) => e.userId),
  /** For their own devices, and for those of friends and fellow members. */
  updated: ofUser<{ user: User }>('user.updated', (e) => e.user.id),
  sessionsRevoked: ofUser<{ userId: UserId; sessionIds: SessionId[]; reason: RevokeReason }>(
    'user.sessions-revoked',
    (e) => e.userId,
  ),
};

export const groupEvents = {
  /**
   * `adminIds` lets a gateway say to each member what they are; the card itself has `myRole: null`. `mute` is for the one
   * whose silence has begun or ended.
   */
  updated: ofGroup<{
    card: GroupCard;
    adminIds: UserId[];
    mute?: { userId: UserId; until: Timestamp | null };
  }>('group.updated', (e) => e.card.id),
  joined: ofGroup<{ card: GroupCard; userIds: UserId[] }>('group.joined', (e) => e.card.id),
  left: ofGroup<{ groupId: GroupId; userIds: UserId[]; reason: LeaveReason }>('group.left', (e) => e.groupId),
  /** For those who may answer them. */
  requests: ofGroup<{ groupId: GroupId; userIds: UserId[]; waiting: number }>('group.requests', (e) => e.groupId),
};

/** What one message's recipients are: named, for a direct conversation; by version, for a group. */
export type Recipients = { userIds: UserId[] } | { version: number };

export interface CommittedMessage {
  message: Message;
  /** Of the send that it came with, where the event has many. */
  traceId?: string;
  recipients: Recipients;
  originSocketId?: string;
  /** The change of membership that this message announces, from `version - 1` to `version`. */
  membership?: { joined: UserId[]; left: UserId[] };
  /** Sent before and perhaps published before: a command came twice. */
  repeated?: boolean;
}

export const messageEvents = {
  /** One commit's messages of the conversations of one stream; within a conversation ascending by seq. */
  committed: ofMessage<{ stream: number; messages: CommittedMessage[] }>('message.committed', (e) => String(e.stream)),
  /** `to`: whose devices learn it. */
  read: ofMessage<{
    conversationId: ConversationId;
    userId: UserId;
    seq: number;
    to: Recipients;
    originSocketId?: string;
  }>('message.read', (e) => String(streamOf(e.conversationId))),
  /** For their own devices. */
  settings: ofMessage<{ conversationId: ConversationId; userId: UserId; muted: boolean; pinned: boolean }>(
    'message.settings',
    (e) => String(streamOf(e.conversationId)),
  ),
};

export const signals = {
  typing: signal<{ conversationId: ConversationId; userId: UserId; active: boolean; originSocketId: string }>(
    'signal.typing',
    (e) => e.conversationId,
  ),
  presence: signal<{ userId: UserId; online: boolean; lastSeenAt: Timestamp | null }>(
    'signal.presence',
    (e) => e.userId,
  ),
};
