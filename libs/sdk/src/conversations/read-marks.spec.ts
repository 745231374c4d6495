import type { Conversation } from '@dunlin/contracts/wire';
import type { Connection } from '../transport/connection.js';
import { Chat } from './chat.js';
import { ReadMarks } from './read-marks.js';

const conversation = { id: 'c', lastMessage: null, lastSeq: 9, readSeq: 0, unread: 9, updatedAt: '' };

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('What was read', () => {
  it('is told once, and marking it again while one scrolls changes nothing', async () => {
    const told: number[] = [];
    const request = async (_event: string, { seq }: { seq: number }): Promise<{ readSeq: number; unread: number }> => {
      told.push(seq);
      return { readSeq: seq, unread: 9 - seq };
    };
    const chat = new Chat(conversation as Conversation, 'ann', 9);
    let changes = 0;
    const marks = new ReadMarks(
      { online: true, request } as unknown as Connection,
      () => changes++,
      () => undefined,
    );
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

  it('of a backlog that is not here has what is left counted by the server, once it knows', async () => {
    const told: number[] = [];
    const answers: (() => void)[] = [];
    const request = (_event: string, { seq }: { seq: number }): Promise<{ readSeq: number; unread: number }> => {
      told.push(seq);
      return new Promise((resolve) => answers.push(() => resolve({ readSeq: seq, unread: 300 - seq })));
    };
    const facts = { ...conversation, lastSeq: 300, unread: 300 } as Conversation;
    const chat = new Chat(facts, 'ann', 300);
    let recounts = 0;
    const recount = (): void => {
      recounts++;
      chat.apply({ ...facts, readSeq: 40, unread: 260 });
    };
    const marks = new ReadMarks({ online: true, request } as unknown as Connection, () => undefined, recount);
    for (const seq of [20, 30, 40]) marks.mark(chat, seq);
    expect(recounts).toBe(0);
    for (answers.shift()?.(); await tick(), answers.length > 0; answers.shift()?.()) expect(recounts).toBe(0);
    expect(told).toEqual([20, 40]);
    expect(recounts).toBe(1);
    marks.mark(chat, 300); // none are left, which needs no question
    answers.shift()?.();
    await tick();
    expect(recounts).toBe(1);
    expect(chat.conversation).toMatchObject({ readSeq: 300, unread: 0 });
  });
});
