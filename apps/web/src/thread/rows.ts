import type { ChatMessage } from '@dunlin/sdk';

/** A line of a thread. */
export type ThreadRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'unread'; readonly key: 'unread' }
  | { readonly kind: 'system'; readonly key: string; readonly message: ChatMessage }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: ChatMessage;
      /** The first, and the last, of what one person says without a pause. */
      readonly first: boolean;
      readonly last: boolean;
    };

/** What comes later than this, or from somebody else, begins anew. */
const PAUSE_MS = 5 * 60_000;

const dayOf = (at: string): string => new Date(at).toDateString();

const belongTogether = (a: ChatMessage, b: ChatMessage): boolean =>
  a.senderId === b.senderId &&
  a.type !== 'system' &&
  b.type !== 'system' &&
  Date.parse(b.sentAt) - Date.parse(a.sentAt) < PAUSE_MS;

/**
 * Messages with a line for each day, one before the first unread, and runs of one person's as groups. Where older ones may
 * still come, the first day has no line yet: what has been drawn is not taken away when they do.
 */
export function rowsOf(messages: readonly ChatMessage[], firstUnreadSeq: number | null, hasOlder = false): ThreadRow[] {
  const rows: ThreadRow[] = [];
  const days = messages.map(({ sentAt }) => dayOf(sentAt));
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const newDay = before ? days[index - 1] !== days[index] : !hasOlder;
    const unread = message.seq !== null && message.seq === firstUnreadSeq;
    if (newDay) rows.push({ kind: 'day', key: `day:${message.key}`, at: message.sentAt });
    if (unread) rows.push({ kind: 'unread', key: 'unread' });
    if (message.type === 'system') {
      rows.push({ kind: 'system', key: message.key, message });
      return;
    }
    const goesOn = after !== undefined && days[index + 1] === days[index] && after.seq !== firstUnreadSeq;
    rows.push({
      kind: 'message',
      key: message.key,
      message,
      first: newDay || unread || !before || !belongTogether(before, message),
      last: !goesOn || !belongTogether(message, after),
    });
  });
  return rows;
}

/** Where a message is among the rows; the line before it, if there is one for the unread. */
export function rowOfSeq(rows: readonly ThreadRow[], seq: number): number {
  const at = rows.findIndex((row) => 'message' in row && row.message.seq === seq);
  return at > 0 && rows[at - 1]?.kind === 'unread' ? at - 1 : at;
}
