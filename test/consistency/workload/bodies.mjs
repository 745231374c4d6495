import { createHash } from 'node:crypto';

/**
 * The text of a message: its name, which is in no other, and something that would not survive a careless copy. A name
 * that ends in `!long` makes it as long as may be.
 */
export const bodyOf = (ref) => {
  const filler = ref.endsWith('!long') ? '漢'.repeat(3900) : 'æ漢🦆"\\'.repeat(1 + (ref.length % 5));
  return `${ref} ${filler} ${ref}`;
};

export const hashOf = (text) => createHash('sha256').update(text).digest('base64url').slice(0, 16);

/** A wire message as the history keeps it. */
export function itemOf({ id, conversationId, seq, senderId, type, content, clientMsgId }) {
  const item = { conversation: conversationId, seq, id, sender: senderId, type };
  if (clientMsgId !== undefined) item.clientMsgId = clientMsgId;
  if (type === 'system') return { ...item, event: content.event, subject: content.userId };
  return { ...item, ref: content.text?.split(' ')[0], hash: hashOf(content.text ?? '') };
}
