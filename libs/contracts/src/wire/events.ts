import type { Ack } from './errors.js';
import type {
  FriendRequest,
  GroupCard,
  Message,
  MessagePage,
  MessageRef,
  Presence,
  ReadResult,
  SendResult,
  SyncResult,
  Timestamp,
  User,
} from './types.js';

/** What a message is sent to; exactly one of the three. */
export interface SendTarget {
  conversationId?: string;
  toUserId?: string;
  toGroupId?: string;
}

export type OutgoingContent = { text: string } | { mediaId: string; name?: string } | { data: string };

export interface SendPayload extends SendTarget {
  /** Chosen by the client, 1–64 characters; the same one is stored once, for ever. */
  clientMsgId: string;
  type: 'text' | 'image' | 'file';
  content: OutgoingContent;
  replyTo?: MessageRef;
}

export interface SyncConversationPayload {
  conversationId: string;
  afterSeq: number;
  limit?: number;
}

/** Events that a client sends on `/im`; each takes one payload and an ack. */
export interface ClientToServerEvents {
  'message:send': (payload: SendPayload, ack: (answer: Ack<SendResult>) => void) => void;
  'conversation:sync': (payload: SyncConversationPayload, ack: (answer: Ack<MessagePage>) => void) => void;
  sync: (payload: { cursors: Record<string, number> }, ack: (answer: Ack<SyncResult>) => void) => void;
  'conversation:read': (
    payload: { conversationId: string; seq: number },
    ack: (answer: Ack<ReadResult>) => void,
  ) => void;
  typing: (
    payload: { conversationId: string; active: boolean },
    ack: (answer: Ack<Record<string, never>>) => void,
  ) => void;
  'presence:subscribe': (payload: { userIds: string[] }, ack: (answer: Ack<Record<string, Presence>>) => void) => void;
}

export type LeaveReason = 'left' | 'kicked' | 'dissolved';
export type RevokeReason = 'logout' | 'password_changed' | 'signed_out_remotely' | 'token_reused' | 'expired';

/** Events that the server sends on `/im`. */
export interface ServerToClientEvents {
  messages: (messages: Message[]) => void;
  'conversation:read': (payload: { conversationId: string; userId: string; seq: number }) => void;
  typing: (payload: { conversationId: string; userId: string; active: boolean }) => void;
  presence: (payload: { userId: string; online: boolean; lastSeenAt: Timestamp | null }) => void;
  'friend:request': (request: FriendRequest) => void;
  'friend:added': (payload: { user: User }) => void;
  'friend:removed': (payload: { userId: string }) => void;
  /**
   * Something else about somebody has changed: a request of one's own was sent, a request was withdrawn or declined, or one
   * blocks them or does no longer. One's own devices learn it, and of a request both sides; nobody learns of a block.
   */
  'friend:changed': (payload: { userId: string }) => void;
  'group:updated': (card: GroupCard) => void;
  'group:joined': (card: GroupCard) => void;
  'group:left': (payload: { groupId: string; reason: LeaveReason }) => void;
  /** To those who may answer: how many now wait to be let in. */
  'group:requests': (payload: { groupId: string; waiting: number }) => void;
  /** One's own profile was changed on another device. */
  'user:updated': (user: User) => void;
  /** A friend's or fellow member's profile was changed. */
  'profile:updated': (user: User) => void;
  /** One's own settings of a conversation were changed on another device. */
  'conversation:updated': (payload: { conversationId: string; muted: boolean; pinned: boolean }) => void;
  'session:revoked': (payload: { reason: RevokeReason }) => void;
}
