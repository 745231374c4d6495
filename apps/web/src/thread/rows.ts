import type { ChatMessage } from '@dunlin/sdk';

/** A line of a thread. */
export type ThreadRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  /** Before the unread ones; what one has read ends right before `from`. */
  | { readonly kind: 'unread'; readonly key: 'unread'; readonly from: number }
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
  const firstUnread = firstUnreadSeq === null ? -1 : indexOfUnread(messages, firstUnreadSeq, hasOlder);
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const newDay = before ? days[index - 1] !== days[index] : !hasOlder;
    const unread = index === firstUnread;
    if (newDay) rows.push({ kind: 'day', key: `day:${message.key}`, at: message.sentAt });
    if (unread) rows.push({ kind: 'unread', key: 'unread', from: firstUnreadSeq as number });
    if (message.type === 'system') {
      rows.push({ kind: 'system', key: message.key, message });
      return;
    }
    const goesOn = after !== undefined && days[index + 1] === days[index] && index + 1 !== firstUnread;
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

/** Others' messages are news, but neither one's own nor what happened in a group: those are not counted either. */
export const isNews = ({ seq, mine, type }: ChatMessage, after: number): boolean =>
  seq !== null && seq > after && !mine && type !== 'system';

/** Where the line goes; nowhere while what it comes after is not loaded. */
function indexOfUnread(messages: readonly ChatMessage[], from: number, hasOlder: boolean): number {
  const first = messages.find(({ seq }) => seq !== null)?.seq ?? null;
  if (first === null || (hasOlder && first > from)) return -1;
  return messages.findIndex((message) => isNews(message, from - 1));
}

/** Where the line before the unread ones is among the rows; -1: nowhere. */
export const rowOfLine = (rows: readonly ThreadRow[]): number => rows.findIndex(({ kind }) => kind === 'unread');

/** Where a message is among the rows; the line before it, if there is one for the unread. */
export function rowOfSeq(rows: readonly ThreadRow[], seq: number): number {
  const line = rows.findIndex((row) => row.kind === 'unread' && row.from === seq);
  if (line >= 0) return line;
  const at = rows.findIndex((row) => 'message' in row && row.message.seq === seq);
  return at > 0 && rows[at - 1]?.kind === 'unread' ? at - 1 : at;
}
