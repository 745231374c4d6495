import type { ChatMessage } from '@dunlin/sdk';
import { rowOfSeq, rowsOf } from './rows.js';

const NOON = new Date(2026, 10, 23, 12).getTime();

const said = (seq: number, senderId: string, minutes: number, type: ChatMessage['type'] = 'text'): ChatMessage =>
  ({
    key: `m${seq}`,
    id: `m${seq}`,
    seq,
    conversationId: 'c',
    senderId,
    mine: false,
    type,
    content: { text: 'x' },
    sentAt: new Date(NOON + minutes * 60_000).toISOString(),
    delivery: 'stored',
    progress: null,
    error: null,
  }) as ChatMessage;

const shape = (messages: ChatMessage[], unread: number | null = null): string[] =>
  rowsOf(messages, unread).map((row) =>
    row.kind === 'message' ? `${row.key}${row.first ? ' first' : ''}${row.last ? ' last' : ''}` : row.kind,
  );

describe('A thread', () => {
  it('groups what one person says without a pause', () => {
    expect(
      shape([said(1, 'ann', 0), said(2, 'ann', 1), said(3, 'ann', 2), said(4, 'bob', 3), said(5, 'bob', 9)]),
    ).toEqual(['day', 'm1 first', 'm2', 'm3 last', 'm4 first last', 'm5 first last']);
  });

  it('has a line for each day, which ends a group', () => {
    const lateNight = 11 * 60 + 59;
    expect(shape([said(1, 'ann', lateNight), said(2, 'ann', lateNight + 2)])).toEqual([
      'day',
      'm1 first last',
      'day',
      'm2 first last',
    ]);
  });

  it('has a line before the first unread message, which ends a group', () => {
    const messages = [said(1, 'ann', 0), said(2, 'ann', 1)];
    expect(shape(messages, 2)).toEqual(['day', 'm1 first last', 'unread', 'm2 first last']);
    expect(rowOfSeq(rowsOf(messages, 2), 2)).toBe(2);
    expect(rowOfSeq(rowsOf(messages, null), 2)).toBe(2);
    expect(rowOfSeq(rowsOf(messages, null), 9)).toBe(-1);
  });

  it('has that line before what others write, not before what one did oneself or what happened', () => {
    const made = { ...said(1, 'me', 0, 'system'), mine: true };
    const mine = { ...said(2, 'me', 1), mine: true };
    const messages = [made, mine, said(3, 'ann', 2), said(4, 'ann', 3)];
    expect(shape(messages, 1)).toEqual(['day', 'system', 'm2 first last', 'unread', 'm3 first', 'm4 last']);
    expect(rowOfSeq(rowsOf(messages, 1), 1)).toBe(3);
    expect(rowOfSeq(rowsOf(messages, 1), 3)).toBe(3);
    expect(shape([made, mine], 1)).toEqual(['day', 'system', 'm2 first last']);
    // what is before may be unread as well
    expect(rowsOf([said(3, 'ann', 0)], 2, true).map(({ kind }) => kind)).toEqual(['message']);
  });

  it('leaves out the first day while older messages may come', () => {
    expect(rowsOf([said(1, 'ann', 0)], null, true).map(({ kind }) => kind)).toEqual(['message']);
  });

  it('shows what the group itself says by itself', () => {
    expect(shape([said(1, 'ann', 0), said(2, 'ann', 1, 'system'), said(3, 'ann', 2)])).toEqual([
      'day',
      'm1 first last',
      'system',
      'm3 first last',
    ]);
  });
});
