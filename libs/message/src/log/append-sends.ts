import { DunlinError, messageId, type ConversationId, type Media, type MessageRef } from '@dunlin/contracts';
import type { Dialect } from '@dunlin/storage';
import type { EntityManager } from 'typeorm';
import { lockHeads, type ConversationHead } from './conversation-head.js';
import type { Membership, MembershipCache } from './membership-cache.js';
import { storedOutcome, type Outcome } from './outcome.js';
import { keyOf, seatOf, type PendingSend } from './pending-send.js';
import { SendBatch } from './send-batch.js';
import { findStored, formerMembers, loadMedia } from './send-lookups.js';
import type { StoredMessage } from './wire-message.js';

/** Everything that one append needs to decide about its sends. */
export interface AppendContext {
  tx: EntityManager;
  dialect: Dialect;
  now: number;
  cache: MembershipCache;
  /** Look every clientMsgId up first; the first attempt does without and trusts the unique key. */
  lookUpAll: boolean;
}

/**
 * Appends a batch of sends in their order: they are locked, inserted and counted together.
 * The caller commits; if that fails nothing of this has happened.
 * @returns one outcome for each send, in the same order
 */
export async function appendSends(context: AppendContext, sends: readonly PendingSend[]): Promise<Outcome[]> {
  const { tx, dialect, now } = context;
  const ids = [...new Set(sends.map((send) => send.command.conversationId))].sort();
  const heads = await lockHeads(tx, dialect, ids);
  const media = await loadMedia(tx, sends);
  const known = await findStored(tx, context.lookUpAll ? sends : sends.filter(({ lookUpOnly }) => lookUpOnly));
  const batch = new SendBatch(now, heads, media, await loadMembers(context, heads));
  const outcomes = sends.map((send): Outcome => {
    const stored = known.size > 0 ? known.get(keyOf(send)) : undefined;
    if (stored) return repeatOf(send, stored, heads);
    return send.lookUpOnly ? { ok: false, error: new DunlinError('timeout') } : batch.add(send);
  });
  await answerRefusedRepeats(context, sends, outcomes, heads);
  await answerFormerMembers(context, sends, outcomes, heads);
  batch.write(tx);
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
  return storedOutcome(stored, head, send, true);
}
