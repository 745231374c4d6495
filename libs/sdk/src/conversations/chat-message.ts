import type { Message, MessageRef, MessageType, Timestamp } from '@dunlin/contracts/wire';
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

/** A message as a timeline shows it; the same object until something in it changes. */
export interface ChatMessage {
  /** The same from pending to read, and over reloads: for lists that need a key. */
  readonly key: string;
  /** Null until it is stored. */
  readonly id: string | null;
  readonly seq: number | null;
  readonly conversationId: string | null;
  readonly senderId: string;
  readonly mine: boolean;
  readonly type: MessageType;
  readonly content: Message['content'] | { readonly file: LocalFile };
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
  };
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
    type: entry.type,
    content: contentOf(entry),
    ...(entry.replyTo ? { replyTo: entry.replyTo } : {}),
    sentAt: entry.createdAt,
    delivery: entry.status,
    progress: state?.progress ?? null,
    error: entry.error ?? null,
    ...(state?.discardable ? { discardable: true } : {}),
  };
}

function contentOf(entry: OutboxEntry): ChatMessage['content'] {
  if (entry.type === 'text') return { text: entry.text };
  if (entry.media) return entry.type === 'file' ? { media: entry.media, name: entry.name } : { media: entry.media };
  const { name, mime, size } = entry;
  return { file: { name, mime, size } };
}
