/** An ISO 8601 instant in UTC with milliseconds. */
export type Timestamp = string;

export interface Page<T> {
  items: T[];
  /** Opaque; give it back as `?cursor=` for the next page. */
  nextCursor: string | null;
}

/** A person as others see them. */
export interface User {
  id: string;
  username: string;
  displayName: string;
  avatarUrl: string | null;
  createdAt: Timestamp;
}

export interface AuthResult {
  user: User;
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token expires. */
  expiresIn: number;
}

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
}

export interface Session {
  id: string;
  device: string | null;
  current: boolean;
  createdAt: Timestamp;
  lastUsedAt: Timestamp;
}

export interface Friend {
  user: User;
  since: Timestamp;
}

export type FriendRequestStatus = 'pending' | 'accepted' | 'declined';

export interface FriendRequest {
  id: string;
  from: User;
  to: User;
  message: string;
  status: FriendRequestStatus;
  createdAt: Timestamp;
}

export interface Block {
  user: User;
  since: Timestamp;
}

export const JOIN_POLICIES = ['open', 'approval', 'invite'] as const;
export type JoinPolicy = (typeof JOIN_POLICIES)[number];

export const ROLES = ['owner', 'admin', 'member'] as const;
export type Role = (typeof ROLES)[number];

export interface GroupCard {
  id: string;
  name: string;
  avatarUrl: string | null;
  ownerId: string;
  joinPolicy: JoinPolicy;
  memberCount: number;
  conversationId: string;
  /** Null for who is not a member. */
  myRole: Role | null;
  /**
   * Until when one may not write here oneself; not there for who may. In `group:updated` it is there when it has changed,
   * null at its end; otherwise it is as it was.
   */
  mutedUntil?: Timestamp | null;
  /** Since when one asks to be let in; there only for an outsider who waits for an answer. */
  joinRequestedAt?: Timestamp;
  createdAt: Timestamp;
}

export interface Member {
  user: User;
  role: Role;
  mutedUntil: Timestamp | null;
  joinedAt: Timestamp;
}

export interface JoinRequest {
  user: User;
  message: string;
  createdAt: Timestamp;
}

export interface Media {
  id: string;
  mime: string;
  /** Bytes. */
  size: number;
  /** Pixels. */
  width?: number;
  height?: number;
  thumbnailUrl?: string;
  blurhash?: string;
  url: string;
}

export type MessageType = 'text' | 'image' | 'file' | 'system';

export type SystemEvent =
  | 'created'
  | 'member_joined'
  | 'member_left'
  | 'member_kicked'
  | 'renamed'
  | 'owner_changed'
  | 'role_changed'
  | 'avatar_changed';

export interface TextContent {
  text: string;
}
export interface ImageContent {
  media: Media;
}
export interface FileContent {
  media: Media;
  name: string;
}
export interface SystemContent {
  event: SystemEvent;
  userId?: string;
  name?: string;
}

/** A message's place in its conversation, as `replyTo` names it. */
export interface MessageRef {
  messageId: string;
  seq: number;
}

/** What a message says, by its type. */
export type MessageBody =
  | { type: 'text'; content: TextContent }
  | { type: 'image'; content: ImageContent }
  | { type: 'file'; content: FileContent }
  | { type: 'system'; content: SystemContent };

export type Message = MessageFacts & MessageBody;

export interface MessageFacts {
  id: string;
  conversationId: string;
  /** 1, 2, 3, … with no hole, the same for every reader. */
  seq: number;
  senderId: string;
  /** Only to its sender. */
  clientMsgId?: string;
  replyTo?: MessageRef;
  sentAt: Timestamp;
}

export interface Conversation {
  /**
   * Of a group: `g` and the group's id. Of two people: `d` and the first 32 hexadecimal digits of the SHA-256 of their ids,
   * the smaller one first, with `|` between.
   */
  id: string;
  type: 'direct' | 'group';
  peer?: User;
  group?: GroupCard;
  lastMessage: Message | null;
  lastSeq: number;
  readSeq: number;
  unread: number;
  muted: boolean;
  pinned: boolean;
  /** How far the other one of a direct conversation has read, while they are friends. */
  peerReadSeq?: number;
  /** In a group of at most a hundred: the furthest that any other member has read. Not there while none has. */
  othersReadSeq?: number;
  updatedAt: Timestamp;
}

/** What a server was set to, where {@link LIMITS} is not the same everywhere. */
export interface ServerLimits {
  /** The largest upload, in bytes. */
  mediaBytes: number;
}

export interface SendResult {
  messageId: string;
  conversationId: string;
  seq: number;
  sentAt: Timestamp;
  /** True when the same clientMsgId was stored before; the rest is the first answer. */
  duplicate: boolean;
}

export interface MessagePage {
  messages: Message[];
  hasMore: boolean;
  lastSeq: number;
}

export interface SyncResult {
  conversations: { id: string; lastSeq: number; readSeq: number; unread: number }[];
  /** Ask again with the cursors so moved. */
  more: boolean;
}

export interface ReadResult {
  readSeq: number;
  unread: number;
}

export interface Presence {
  online: boolean;
  lastSeenAt: Timestamp | null;
}
