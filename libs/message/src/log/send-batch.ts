import { DunlinError, messageId, type ConversationId, type Media, type MessageRef } from '@dunlin/contracts';
import { failpointSync } from '@dunlin/platform';
import { insertRows } from '@dunlin/storage';
import type { EntityManager } from 'typeorm';
import { toWireMedia, type StoredMedia } from '../media/wire-media.js';
import { saveHeads, type ConversationHead } from './conversation-head.js';
import type { Membership } from './membership-cache.js';
import { storedOutcome, type Outcome } from './outcome.js';
import type { PendingSend } from './pending-send.js';
import { insertMessages, type StoredMessage } from './wire-message.js';

/** The longest that a client's timer takes; one that is told more fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How far a sender has read by sending. */
interface Cursor {
  conversationId: string;
  userId: string;
  joinedSeq: number;
  readSeq: number;
  readCounted: number;
}

/** Decides about the sends of one append, and collects what it will write. */
export class SendBatch {
  private readonly rows: StoredMessage[] = [];
  private readonly attachments: { mediaId: string; conversationId: string; seq: number }[] = [];
  /** By conversation and sender. */
  private readonly cursors = new Map<string, Map<string, Cursor>>();
  private readonly firstUses = new Set<ConversationHead>();

  constructor(
    private readonly now: number,
    private readonly heads: Map<string, ConversationHead>,
    private readonly media: Map<string, StoredMedia>,
    private readonly memberships: Map<string, Membership>,
  ) {}

  add(send: PendingSend): Outcome {
    const head = this.heads.get(send.command.conversationId);
    const joinedSeq = this.admit(send, head);
    if (typeof joinedSeq !== 'number') return { ok: false, error: joinedSeq };
    return this.append(send, head as ConversationHead, joinedSeq);
  }

  private append(send: PendingSend, head: ConversationHead, joinedSeq: number): Outcome {
    const { command, caller } = send;
    const content = this.contentOf(send);
    if (content instanceof DunlinError) return { ok: false, error: content };
    const replySeq = command.replyTo?.seq ?? null;
    if (command.replyTo && !this.canSee(head, joinedSeq, command.replyTo))
      return { ok: false, error: new DunlinError('not_found') };
    if (head.lastSeq === 0) this.firstUses.add(head);
    head.lastSeq += 1;
    head.counted += 1;
    head.updatedAt = Math.max(head.updatedAt, this.now);
    const row: StoredMessage = {
      conversationId: head.id,
      seq: head.lastSeq,
      senderId: caller.userId,
      clientMsgId: command.clientMsgId,
      type: command.type,
      content: JSON.stringify(content),
      replySeq,
      counted: head.counted,
      sentAt: this.now,
    };
    this.rows.push(row);
    this.moveCursor(row, joinedSeq);
    if ('media' in content) {
      this.attachments.push({ mediaId: content.media.id, conversationId: head.id, seq: row.seq });
    }
    return storedOutcome(row, head, send, false, content);
  }

  private moveCursor(
    { conversationId, senderId: userId, seq: readSeq, counted: readCounted }: StoredMessage,
    joinedSeq: number,
  ): void {
    let cursors = this.cursors.get(conversationId);
    if (!cursors) this.cursors.set(conversationId, (cursors = new Map<string, Cursor>()));
    const cursor = cursors.get(userId);
    if (cursor) Object.assign(cursor, { readSeq, readCounted });
    else cursors.set(userId, { conversationId, userId, joinedSeq, readSeq, readCounted });
  }

  /** Since when the caller can read it, if they may write here now; the lock on the head makes this the state that the message is stored under. */
  private admit({ command, caller }: PendingSend, head: ConversationHead | undefined): number | DunlinError {
    if (!head) return new DunlinError(command.peerId === undefined ? 'not_found' : 'not_friends');
    if (head.type === 'direct') {
      if (caller.userId !== head.lowId && caller.userId !== head.highId) return new DunlinError('not_found');
      if (head.lowBlocked || head.highBlocked) return new DunlinError('blocked');
      return head.friends ? 1 : new DunlinError('not_friends');
    }
    if (head.closed) return new DunlinError('not_found');
    const member = this.memberships.get(head.id)?.members.get(caller.userId);
    if (!member) return new DunlinError('not_found');
    if (member.mutedUntil !== null && member.mutedUntil > this.now)
      return new DunlinError('muted', { retryAfterMs: Math.min(member.mutedUntil - this.now, MAX_TIMER_MS) });
    return member.joinedSeq;
  }

  private canSee(head: ConversationHead, joinedSeq: number, ref: MessageRef): boolean {
    return (
      ref.seq <= head.lastSeq && ref.seq >= joinedSeq && ref.messageId === messageId(head.id as ConversationId, ref.seq)
    );
  }

  private contentOf({
    command,
    caller,
  }: PendingSend): { text: string } | { media: Media; name?: string } | DunlinError {
    if (command.type === 'text') return { text: command.content.text };
    const facts = this.media.get(command.content.mediaId);
    if (!facts || facts.uploaderId !== caller.userId) return new DunlinError('not_found');
    if (command.type === 'image' && facts.width === null) return new DunlinError('unsupported_media');
    const media = toWireMedia(facts);
    return command.type === 'image' ? { media } : { media, name: command.content.name ?? facts.name ?? media.id };
  }

  write(tx: EntityManager): void {
    if (this.rows.length === 0) return;
    insertMessages(tx, this.rows);
    failpointSync('log.between-inserts');
    const touched = new Set(this.rows.map((row) => row.conversationId));
    saveHeads(
      tx,
      [...this.heads.values()].filter((head) => touched.has(head.id)),
    );
    this.writeMembers(tx);
    insertRows(tx, {
      table: 'message_media',
      columns: ['mediaId', 'conversationId', 'seq'],
      rows: this.attachments,
    });
  }

  /** A send moves its sender's own cursor; a direct conversation's first message enters it in both lists. */
  private writeMembers(tx: EntityManager): void {
    const fresh = [...this.firstUses].filter((head) => head.type === 'direct');
    insertRows(tx, {
      table: 'conversation_members',
      columns: ['conversationId', 'userId'],
      rows: fresh.flatMap(({ id, lowId, highId }) => [lowId, highId].map((userId) => ({ conversationId: id, userId }))),
      onConflict: 'ignore',
    });
    insertRows(tx, {
      table: 'conversation_members',
      columns: ['conversationId', 'userId', 'joinedSeq', 'readSeq', 'readCounted'],
      rows: [...this.cursors.values()].flatMap((cursors) => [...cursors.values()]),
      onConflict: { key: ['conversationId', 'userId'], update: ['readSeq', 'readCounted'] },
    });
  }
}
