import { hash } from 'node:crypto';

declare const brand: unique symbol;
type Id<B extends string> = string & { readonly [brand]: B };

export type UserId = Id<'UserId'>;
export type SessionId = Id<'SessionId'>;
export type GroupId = Id<'GroupId'>;
export type ConversationId = Id<'ConversationId'>;
export type MediaId = Id<'MediaId'>;
export type MessageId = Id<'MessageId'>;

/** The two ids in the one order that both sides agree on. */
export const pairOf = (a: UserId, b: UserId): [UserId, UserId] => (a < b ? [a, b] : [b, a]);

/**
 * The direct conversation of two people. Derived, not stored first: whoever knows both ids knows the conversation, so
 * a first send needs no look-up and two first sends cannot make two conversations. Clients derive it too, as the wire
 * contract says at `Conversation.id`.
 */
export const directConversationId = (a: UserId, b: UserId): ConversationId =>
  `d${hash('sha256', pairOf(a, b).join('|')).slice(0, 32)}` as ConversationId;

/** The conversation of a group, one to one. */
export const groupConversationId = (group: GroupId): ConversationId => `g${group}` as ConversationId;

const STREAMS = 4;

/**
 * Conversations share a few streams: what one commit writes is told of in one event a stream, and a conversation's events,
 * all being in the same one, keep their order.
 */
export function streamOf(id: ConversationId): number {
  let hash = 0;
  for (let i = id.length - 8; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0;
  return Math.abs(hash) % STREAMS;
}

export const isGroupConversation = (id: ConversationId): boolean => id.startsWith('g');

/** The group behind a group conversation's id. */
export const groupOfConversation = (id: ConversationId): GroupId => id.slice(1) as GroupId;

/** A message is named by its place: no column and no index are spent on a second name. */
export const messageId = (conversation: ConversationId, seq: number): MessageId =>
  `${conversation}-${seq.toString(36)}` as MessageId;

/** `/api/v1/media/:id`, the one place where a media reference becomes a link. */
export const mediaUrl = (id: MediaId): string => `/api/v1/media/${id}`;
export const thumbnailUrl = (id: MediaId): string => `/api/v1/media/${id}/thumbnail`;
