import {
  DunlinError,
  messageId,
  mediaUrl,
  thumbnailUrl,
  type CommittedMessage,
  type ConversationId,
  type Media,
  type MediaId,
  type Message,
  type MessageRef,
  type Recipients,
  type SendResult,
  type UserId,
} from '@dunlin/contracts';
import { failpointSync } from '@dunlin/platform';
import { insertRows, type Dialect } from '@dunlin/storage';
import type { EntityManager } from 'typeorm';
import { lockHeads, saveHeads, type ConversationHead } from './conversation-head.js';
import type { Membership, MembershipCache } from './membership-cache.js';
import { keyOf, seatOf, type PendingSend } from './pending-send.js';
import { findStored, formerMembers, loadMedia, type MediaFacts } from './send-lookups.js';
import { insertMessages, toWireMessage, type StoredMessage } from './wire-message.js';

export type Outcome = { ok: true; result: SendResult; committed: CommittedMessage } | { ok: false; error: DunlinError };

/** Everything that one append needs to decide about its sends. */
export interface AppendContext {
  tx: EntityManager;
  dialect: Dialect;
  now: number;
  cache: MembershipCache;
  /** Look every clientMsgId up first; the first attempt does without and trusts the unique key. */
  lookUpAll: boolean;
}

/** The longest that a client's timer takes; one that is told more fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Appends a batch of sends in their order: they are locked, inserted and counted together.
 * The caller commits; if that fails nothing of this has happened.
 * @returns one outcome for each send, in the same order
 */
export async function appendSends(context: AppendContext, sends: readonly PendingSend[]): Promise<Outcome[]> {
  const { tx, dialect } = context;
  const ids = [...new Set(sends.map((send) => send.command.conversationId))].sort();
  const heads = await lockHeads(tx, dialect, ids);
  const media = await loadMedia(tx, sends);
  const known = await findStored(tx, context.lookUpAll ? sends : sends.filter(({ lookUpOnly }) => lookUpOnly));
  const batch = new Batch(context, heads, media, await loadMembers(context, heads));
  const outcomes = sends.map((send): Outcome => {
    const stored = known.size > 0 ? known.get(keyOf(send)) : undefined;
    if (stored) return repeatOf(send, stored, heads);
    return send.lookUpOnly ? { ok: false, error: new DunlinError('timeout') } : batch.add(send);
  });
  await answerRefusedRepeats(context, sends, outcomes, heads);
  await answerFormerMembers(context, sends, outcomes, heads);
  batch.write();
  return outcomes;
}

/** Of the groups among the conversations. */
async function loadMembers(
  { tx, cache }: AppendContext,
  heads: Map<string, ConversationHead>,
): Promise<Map<string, Membership>> {
  const loaded = new Map<string, Membership>();
  for (const { id, type, version } of heads.values())
    if (type === 'group') loaded.set(id, await cache.at(tx, id, version));
  return loaded;
}

/** A former member is told so; to anybody else the conversation does not exist. */
async function answerFormerMembers(
  { tx }: AppendContext,
  sends: readonly PendingSend[],
  outcomes: Outcome[],
  heads: Map<string, ConversationHead>,
): Promise<void> {
  const outsiders = sends.filter((send, index) => isOutsider(send, outcomes[index] as Outcome, heads));
  if (outsiders.length === 0) return;
  const former = await formerMembers(tx, outsiders);
  sends.forEach((send, index) => {
    if (isOutsider(send, outcomes[index] as Outcome, heads) && former.has(seatOf(send)))
      outcomes[index] = { ok: false, error: new DunlinError('not_a_member') };
  });
}

function isOutsider({ command }: PendingSend, outcome: Outcome, heads: Map<string, ConversationHead>): boolean {
  if (outcome.ok || outcome.error.code !== 'not_found') return false;
  const head = heads.get(command.conversationId);
  return head?.type === 'group' && !head.closed;
}

/** "Repeats first": who may not send any more still gets the answer to what they sent when they could. */
async function answerRefusedRepeats(
  context: AppendContext,
  sends: readonly PendingSend[],
  outcomes: Outcome[],
  heads: Map<string, ConversationHead>,
): Promise<void> {
  if (context.lookUpAll) return;
  const refused = sends.filter(({ lookUpOnly }, index) => !lookUpOnly && outcomes[index]?.ok === false);
  if (refused.length === 0) return;
  const stored = await findStored(context.tx, refused);
  sends.forEach((send, index) => {
    const before = stored.get(keyOf(send));
    if (outcomes[index]?.ok === false && before) outcomes[index] = repeatOf(send, before, heads);
  });
}

const sameReply = ({ conversationId, replySeq }: StoredMessage, replyTo: MessageRef | undefined): boolean =>
  replySeq === null || replyTo === undefined
    ? replySeq === null && replyTo === undefined
    : replyTo.seq === replySeq && replyTo.messageId === messageId(conversationId as ConversationId, replySeq);

/** The same id again: the first answer, if it is the same message. */
function repeatOf(send: PendingSend, stored: StoredMessage, heads: Map<string, ConversationHead>): Outcome {
  const { command } = send;
  const content = JSON.parse(stored.content) as { text?: string; media?: Media; name?: string };
  const same =
    stored.type === command.type &&
    sameReply(stored, command.replyTo) &&
    (command.type === 'text'
      ? content.text === command.content.text
      : content.media?.id === command.content.mediaId &&
        (command.type !== 'file' || command.content.name === undefined || command.content.name === content.name));
  if (!same) return { ok: false, error: new DunlinError('idempotency_conflict') };
  const head = heads.get(stored.conversationId) as ConversationHead;
  return answer(stored, head, send, true);
}

function answer(
  row: StoredMessage,
  head: ConversationHead,
  send: PendingSend,
  duplicate: boolean,
  content?: Message['content'],
): Outcome {
  const message = toWireMessage(row, content);
  const committed: CommittedMessage = {
    message,
    recipients: recipientsOf(head),
    originSocketId: send.command.originSocketId,
    traceId: undefined,
    repeated: duplicate || undefined,
  };
  const { id, conversationId, seq, sentAt } = message;
  return { ok: true, result: { messageId: id, conversationId, seq, sentAt, duplicate }, committed };
}

export const recipientsOf = (head: ConversationHead): Recipients =>
  head.type === 'direct' ? { userIds: [head.lowId as UserId, head.highId as UserId] } : { version: head.version };

/** How far a sender has read by sending. */
interface Cursor {
  conversationId: string;
  userId: string;
  joinedSeq: number;
  readSeq: number;
  readCounted: number;
}

/** Collects what one append will write. */
class Batch {
  private readonly rows: StoredMessage[] = [];
  private readonly attachments: { mediaId: string; conversationId: string; seq: number }[] = [];
  /** By conversation and sender. */
  private readonly cursors = new Map<string, Map<string, Cursor>>();
  private readonly firstUses = new Set<ConversationHead>();

  constructor(
    private readonly context: AppendContext,
    private readonly heads: Map<string, ConversationHead>,
    private readonly media: Map<string, MediaFacts>,
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
    head.updatedAt = Math.max(head.updatedAt, this.context.now);
    const row: StoredMessage = {
      conversationId: head.id,
      seq: head.lastSeq,
      senderId: caller.userId,
      clientMsgId: command.clientMsgId,
      type: command.type,
      content: JSON.stringify(content),
      replySeq,
      counted: head.counted,
      sentAt: this.context.now,
    };
    this.rows.push(row);
    this.moveCursor(row, joinedSeq);
    if ('media' in content) {
      this.attachments.push({ mediaId: content.media.id, conversationId: head.id, seq: row.seq });
    }
    return answer(row, head, send, false, content);
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
    if (member.mutedUntil !== null && member.mutedUntil > this.context.now)
      return new DunlinError('muted', { retryAfterMs: Math.min(member.mutedUntil - this.context.now, MAX_TIMER_MS) });
    return member.joinedSeq;
  }

  private canSee(head: ConversationHead, joinedSeq: number, ref: { messageId: string; seq: number }): boolean {
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

  write(): void {
    if (this.rows.length === 0) return;
    const { tx } = this.context;
    insertMessages(tx, this.rows);
    failpointSync('log.between-inserts');
    const touched = new Set(this.rows.map((row) => row.conversationId));
    saveHeads(
      tx,
      [...this.heads.values()].filter((head) => touched.has(head.id)),
    );
    this.writeMembers();
    insertRows(tx, {
      table: 'message_media',
      columns: ['mediaId', 'conversationId', 'seq'],
      rows: this.attachments,
    });
  }

  /** A send moves its sender's own cursor; a direct conversation's first message enters it in both lists. */
  private writeMembers(): void {
    const { tx } = this.context;
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

export function toWireMedia(facts: MediaFacts): Media {
  const id = facts.id as MediaId;
  const media: Media = { id, mime: facts.mime, size: Number(facts.size), url: mediaUrl(id) };
  if (facts.width !== null && facts.height !== null) {
    media.width = facts.width;
    media.height = facts.height;
  }
  if (facts.hasThumbnail) media.thumbnailUrl = thumbnailUrl(id);
  if (facts.blurhash !== null) media.blurhash = facts.blurhash;
  return media;
}
