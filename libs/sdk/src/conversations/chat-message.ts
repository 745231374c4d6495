import type { Message, MessageBody, MessageRef, Timestamp } from '@dunlin/contracts/wire';
import type { ErrorFacts } from '../errors/dunlin-error.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';

/**
 * `pending`: here, not confirmed · `stored`: the server has it for good · `read`: somebody else has read it ·
 * `failed`: the server refused it; see `error`. Messages of others are `stored`.
 */
export type Delivery = 'pending' | 'stored' | 'read' | 'failed';

/** A picture or file that is still on its way up. */
export interface LocalFile {
  readonly name: string;
  readonly mime: string;
  /** Bytes. */
  readonly size: number;
}

/** What it says, by its type; until a picture or file is uploaded, what is known of it here. */
type ChatBody = Readonly<
  | Exclude<MessageBody, { type: 'image' | 'file' }>
  | { type: 'image'; content: Extract<MessageBody, { type: 'image' }>['content'] | { readonly file: LocalFile } }
  | { type: 'file'; content: Extract<MessageBody, { type: 'file' }>['content'] | { readonly file: LocalFile } }
>;

/** A message as a timeline shows it; the same object until something in it changes. */
export type ChatMessage = ChatFacts & ChatBody;

interface ChatFacts {
  /** The same from pending to read, and over reloads: for lists that need a key. */
  readonly key: string;
  /** Null until it is stored. */
  readonly id: string | null;
  readonly seq: number | null;
  readonly conversationId: string | null;
  readonly senderId: string;
  readonly mine: boolean;
  readonly replyTo?: MessageRef;
  /** By the server's clock once it is stored, by this device's before. */
  readonly sentAt: Timestamp;
  readonly delivery: Delivery;
  /** While a file is uploaded, the share from 0 to 1; else null. */
  readonly progress: number | null;
  /** Why it failed. */
  readonly error: ErrorFacts | null;
  /** `messages.discard` takes it back. Absent once it may have reached the server, or while another tab sends it. */
  readonly discardable?: true;
}

export function fromMessage(message: Message, me: string, readByOthers: number): ChatMessage {
  const mine = message.senderId === me;
  const { id, seq, conversationId, senderId, type, content, replyTo, sentAt } = message;
  return {
    key: (mine && message.clientMsgId) || id,
    id,
    seq,
    conversationId,
    senderId,
    mine,
    type,
    content,
    ...(replyTo ? { replyTo } : {}),
    sentAt,
    delivery: mine && seq <= readByOthers ? 'read' : 'stored',
    progress: null,
    error: null,
  } as ChatMessage; // the content is of the message's type
}

/** What of an entry only the outbox knows. */
export interface EntryState {
  progress?: number | undefined;
  discardable: boolean;
}

export function fromEntry(entry: OutboxEntry, me: string, conversationId: string, state?: EntryState): ChatMessage {
  return {
    key: entry.clientMsgId,
    id: null,
    seq: null,
    conversationId,
    senderId: me,
    mine: true,
    ...bodyOf(entry),
    ...(entry.replyTo ? { replyTo: entry.replyTo } : {}),
    sentAt: entry.createdAt,
    delivery: entry.status,
    progress: state?.progress ?? null,
    error: entry.error ?? null,
    ...(state?.discardable ? { discardable: true } : {}),
  };
}

export function bodyOf(entry: OutboxEntry): Exclude<ChatBody, { type: 'system' }> {
  if (entry.type === 'text') return { type: 'text', content: { text: entry.text } };
  const { type, media, name, mime, size } = entry;
  if (!media) return { type, content: { file: { name, mime, size } } };
  return type === 'file' ? { type, content: { media, name } } : { type, content: { media } };
}
