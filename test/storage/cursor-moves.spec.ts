import type { ConversationId, UserId } from '@dunlin/contracts';
import { messageSchema } from '@dunlin/message';
import { connect, insertRows, type Database } from '@dunlin/storage';
import { CursorMoves } from '../../libs/message/src/history/cursor-moves.js';
import { DATABASES, emptyDatabase } from './databases.js';

const room = 'g-room' as ConversationId;
const READERS = 250;
const LAST = 9;

describe.each(DATABASES)('What many read at once, on %s', (name, server) => {
  let db: Database;
  let drop: () => Promise<void>;
  const readers = Array.from({ length: READERS }, (_, i) => `reader-${i}` as UserId);
  const [far, gone, late, unknown] = ['far', 'gone', 'late', 'unknown'] as UserId[] as [UserId, UserId, UserId, UserId];

  beforeAll(async () => {
    const empty = await emptyDatabase(server);
    drop = empty.drop;
    db = await connect(empty.url, messageSchema, { migrate: true });
    const member = { conversationId: room, joinedSeq: 1, leftSeq: null, readSeq: 0, readCounted: 0 };
    await db.transaction(async (tx) => {
      insertRows(tx, {
        table: 'messages',
        columns: ['conversationId', 'seq', 'senderId', 'clientMsgId', 'type', 'content', 'counted', 'sentAt'],
        rows: Array.from({ length: LAST }, (_, i) => ({
          conversationId: room,
          seq: i + 1,
          senderId: 'ann',
          clientMsgId: `${i}`,
          type: 'text',
          content: '{"text":"Low tide"}',
          counted: (i + 1) * 10,
          sentAt: 1,
        })),
      });
      insertRows(tx, {
        table: 'conversation_members',
        columns: ['conversationId', 'userId', 'joinedSeq', 'leftSeq', 'readSeq', 'readCounted'],
        rows: [
          ...readers.map((userId) => ({ ...member, userId })),
          { ...member, userId: far, readSeq: 8, readCounted: 80 },
          { ...member, userId: gone, leftSeq: 3 },
          { ...member, userId: late, joinedSeq: 7, readSeq: 6 },
        ],
      });
    });
  });
  afterAll(async () => {
    await db.close();
    await drop();
  });

  it('is written in a few transactions, forward only, and for members only', async () => {
    const transactions = jest.spyOn(db, 'transaction');
    const moves = new CursorMoves(db);
    const move = (userId: UserId, seq: number): Promise<boolean> => moves.move(room, userId, seq);
    const all = await Promise.all([
      ...readers.map((userId, i) => move(userId, (i % LAST) + 1)),
      move(far, 7),
      move(gone, 5),
      move(late, 5),
      move(unknown, LAST + 1),
    ]);
    expect(all).toEqual([...readers.map(() => true), false, false, false, false]);
    // two devices of one person, the slower one behind
    expect(await Promise.all([move(late, 9), move(late, 8)])).toEqual([true, false]);
    expect(transactions.mock.calls.length).toBeLessThanOrEqual(6);
    const rows = await db.query<{ userId: UserId; readSeq: number; readCounted: number }>(
      'SELECT userId, readSeq, readCounted FROM conversation_members WHERE conversationId = ?',
      [room],
    );
    const stand = new Map(rows.map(({ userId, readSeq, readCounted }) => [userId, [readSeq, readCounted]]));
    readers.forEach((userId, i) => expect(stand.get(userId)).toEqual([(i % LAST) + 1, ((i % LAST) + 1) * 10]));
    expect([far, gone, late].map((userId) => stand.get(userId))).toEqual([
      [8, 80],
      [0, 0],
      [9, 90],
    ]);
  });

  // SQLite has one writer, and locks no rows
  if (name !== 'SQLite')
    it('is written for all but the one whose row somebody holds', async () => {
      const [held, first, ...free] = readers.slice(0, 20) as [UserId, UserId, ...UserId[]];
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const row = [room, held];
      let holding: Promise<void> = Promise.resolve();
      await new Promise<void>((begun) => {
        holding = db.transaction(async (tx) => {
          await tx.query('SELECT 1 FROM conversation_members WHERE conversationId = ? AND userId = ? FOR UPDATE', row);
          begun();
          await released;
        });
      });
      const moves = new CursorMoves(db);
      // the first one goes by itself, and the others meanwhile come together
      const together = [first, ...free, held, ...free];
      const all = await Promise.allSettled(together.map((userId) => moves.move(room, userId, LAST)));
      release();
      await holding;
      all.forEach((one, i) => {
        if (together[i] === held) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
        else expect(one).toEqual({ status: 'fulfilled', value: true });
      });
      expect(await moves.move(room, held, LAST)).toBe(true);
    });
});
