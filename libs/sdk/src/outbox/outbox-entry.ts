import type { Media, MessageRef, SendPayload, SendTarget } from '@dunlin/contracts/wire';
import type { ErrorFacts } from '../errors/dunlin-error.js';

interface OutgoingBase {
  /** The message's key for ever: what is sent again under it is stored once. */
  clientMsgId: string;
  /** The client (tab) that sends it. */
  owner: string;
  /** Sends of one lane leave in this order. */
  order: number;
  /** The id of its conversation, by whatever name that was addressed. */
  lane: string;
  target: SendTarget;
  replyTo?: MessageRef;
  createdAt: string;
  status: 'pending' | 'failed';
  /** Whether it may have reached the server. */
  attempted: boolean;
  error?: ErrorFacts;
  /**
   * Once it has failed: the seq behind which it stands, the newest of that moment, since the clock of a device may be wrong.
   * Undefined when the conversation was not known then.
   */
  failedAfter?: number;
}

export interface OutgoingText extends OutgoingBase {
  type: 'text';
  text: string;
}

export interface OutgoingFile extends OutgoingBase {
  type: 'image' | 'file';
  name: string;
  mime: string;
  /** Bytes. */
  size: number;
  /** Until it is uploaded. */
  blob?: Blob;
  /** Once it is uploaded. */
  media?: Media;
}

/** A message that the server has not stored yet. */
export type OutboxEntry = OutgoingText | OutgoingFile;

/** What goes over the wire. Files have to be uploaded before. */
export function toPayload(entry: OutboxEntry): SendPayload {
  const { clientMsgId, type, target, replyTo } = entry;
  const content =
    entry.type === 'text'
      ? { text: entry.text }
      : { mediaId: entry.media?.id ?? '', ...(type === 'file' ? { name: entry.name } : {}) };
  return { clientMsgId, type, content, ...target, ...(replyTo ? { replyTo } : {}) };
}
