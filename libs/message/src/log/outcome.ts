import type { CommittedMessage, DunlinError, Message, SendResult } from '@dunlin/contracts';
import { recipientsOf, type ConversationHead } from './conversation-head.js';
import type { PendingSend } from './pending-send.js';
import { toWireMessage, type StoredMessage } from './wire-message.js';

/** What became of a send. */
export type Outcome = { ok: true; result: SendResult; committed: CommittedMessage } | { ok: false; error: DunlinError };

/** Of one that is stored, now or (`duplicate`) before. */
export function storedOutcome(
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
