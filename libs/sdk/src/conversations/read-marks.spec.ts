import type { Conversation } from '@dunlin/contracts/wire';
import type { Connection } from '../transport/connection.js';
import { Chat } from './chat.js';
import { ReadMarks } from './read-marks.js';

const conversation = { id: 'c', lastMessage: null, lastSeq: 9, readSeq: 0, unread: 9, updatedAt: '' };

describe('What was read', () => {
  it('is told once, and marking it again while one scrolls changes nothing', async () => {
    const told: number[] = [];
    const request = async (_event: string, { seq }: { seq: number }): Promise<{ readSeq: number; unread: number }> => {
      told.push(seq);
      return { readSeq: seq, unread: 9 - seq };
    };
    const chat = new Chat(conversation as Conversation, 'ann', 9);
    let changes = 0;
    const marks = new ReadMarks({ online: true, request } as unknown as Connection, () => changes++);
    marks.mark(chat, 5);
    await new Promise((resolve) => setImmediate(resolve));
    const before = changes;
    for (const seq of [5, 4, 5]) marks.mark(chat, seq);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([5]);
    expect(changes).toBe(before);
    marks.mark(chat, 7);
    expect(told).toEqual([5, 7]);
  });
});
