import {
  directConversationId,
  groupConversationId,
  type ConversationId,
  type GroupId,
  type MediaId,
  type UserId,
} from '../ids.js';
import { TOPICS } from '../topics.js';
import type {
  Media,
  Message,
  MessagePage,
  MessageRef,
  Page,
  ReadResult,
  SendResult,
  SyncResult,
  SystemEvent,
  Timestamp,
} from '../wire/index.js';
import { READS, rpcOf } from './rpc.js';
import type { PageQuery } from './user.js';

/** What a sender wrote, checked by the gateway. Inline images have become media by now. */
export type SendContent =
  | { type: 'text'; content: { text: string } }
  | { type: 'image'; content: { mediaId: MediaId } }
  | { type: 'file'; content: { mediaId: MediaId; name?: string } };

/** A send on its way to its conversation's log. */
export type SendCommand = SendContent & {
  conversationId: ConversationId;
  /** Set for a direct conversation named by its peer: it may not exist yet. */
  peerId?: UserId;
  clientMsgId: string;
  replyTo?: MessageRef;
  /** The socket that sent it has its ack and gets no copy. */
  originSocketId?: string;
};

/**
 * A change to a group, in the order in which the group service made them: `version` counts up by one per group.
 * The log takes version n+1 only after n, so a repeated or overtaking delivery is told apart from a new one.
 */
export interface GroupChange {
  /** Drawn at random: what the log says about the change is stored under it, and no client may take its place. */
  id: string;
  groupId: GroupId;
  version: number;
  actorId: UserId;
  at: Timestamp;
  joined?: UserId[];
  left?: UserId[];
  /** Null ends the silence. */
  muted?: { userId: UserId; until: Timestamp | null };
  /** Nobody reads or writes here any more. */
  dissolved?: boolean;
  /** What the log says about it, in this order; a change like muting says nothing. */
  announcements: { event: SystemEvent; userId?: UserId; name?: string }[];
}

/** The state of two people towards each other; the highest version is the truth. */
export interface Tie {
  userIds: [UserId, UserId];
  version: number;
  friends: boolean;
  /** Which of the two has blocked the other. */
  blockedBy: UserId[];
}

/** A conversation as its member sees it, without profiles and cards, which the gateway adds. */
export interface ConversationRecord {
  id: ConversationId;
  type: 'direct' | 'group';
  peerId?: UserId;
  groupId?: GroupId;
  lastMessage: Message | null;
  lastSeq: number;
  readSeq: number;
  unread: number;
  muted: boolean;
  pinned: boolean;
  peerReadSeq?: number;
  othersReadSeq?: number;
  /** Until when its admins have silenced them, whether that is over or not. */
  silencedUntil?: Timestamp;
  updatedAt: Timestamp;
}

/** Who gets what is written, as of a version of the membership. */
export interface Audience {
  version: number;
  /** With the seq of each one's join: nothing at or before it is theirs. */
  members: { userId: UserId; joinedSeq: number }[];
}

export type HistoryRange = { afterSeq: number } | { beforeSeq: number } | Record<string, never>;

export interface MediaRecord {
  id: MediaId;
  mime: string;
  /** Bytes. */
  size: number;
  width?: number;
  height?: number;
  blurhash?: string;
  hasThumbnail: boolean;
  /** The file's name when it was uploaded, 1–255 characters. */
  name?: string;
}

const define = rpcOf(TOPICS.messageRequests);
const log = rpcOf(TOPICS.conversationCommands);
const byConversation = { key: (data: { conversationId: ConversationId }) => data.conversationId };

/** What the message service answers. The first three append to a conversation's log and keep their order. */
export const messageRpc = {
  send: log.guarded<SendCommand, SendResult>('message.send', { ...byConversation, late: true }),
  /** Answers the version that the log has reached: smaller than the change's when one before it is missing. */
  applyGroupChange: log.open<GroupChange, { version: number }>('message.apply-group-change', {
    key: (change) => groupConversationId(change.groupId),
  }),
  applyTie: log.open<Tie, null>('message.apply-tie', { key: (tie) => directConversationId(...tie.userIds) }),

  listConversations: define.guarded<PageQuery, Page<ConversationRecord>>('message.list-conversations', READS),
  getConversation: define.guarded<{ conversationId: ConversationId }, ConversationRecord>(
    'message.get-conversation',
    READS,
  ),
  /** Opens the direct conversation of the caller and a friend; the same one for ever. */
  openDirect: define.guarded<{ userId: UserId }, ConversationRecord>('message.open-direct'),
  updateSettings: define.guarded<
    { conversationId: ConversationId; muted?: boolean; pinned?: boolean },
    ConversationRecord
  >('message.update-settings'),
  history: define.guarded<{ conversationId: ConversationId; range: HistoryRange; limit: number }, MessagePage>(
    'message.history',
    READS,
  ),
  read: define.guarded<{ conversationId: ConversationId; seq: number; originSocketId?: string }, ReadResult>(
    'message.read',
    byConversation,
  ),
  sync: define.guarded<{ cursors: Record<string, number> }, SyncResult>('message.sync', READS),
  /** For a gateway on its own behalf. */
  audienceOf: define.open<{ conversationId: ConversationId }, Audience>('message.audience-of', READS),
  /** Answers while messages can be stored. */
  ping: define.open<Record<string, never>, null>('message.ping', READS),

  registerMedia: define.guarded<MediaRecord, Media>('message.register-media'),
  /** Answers only to its uploader, to who can read a message that holds it, and to all if it is an avatar. */
  findMedia: define.guarded<{ mediaId: MediaId }, MediaRecord>('message.find-media', READS),
  /** Makes an image of the caller's an avatar, readable by every signed-in person. */
  publishMedia: define.guarded<{ mediaId: MediaId }, null>('message.publish-media'),
};
