import { EventBus, type UserId } from '@dunlin/contracts';
import { messageSchema } from '@dunlin/message';
import { connect, insertRows, type Database } from '@dunlin/storage';
import { Views } from '../../libs/message/src/conversation/views.js';
import { HistoryService } from '../../libs/message/src/history/history.service.js';
import { DATABASES, emptyDatabase } from './databases.js';

const ann = 'ann' as UserId;
const COUNT = 3000;
/** As many as a client may name. */
const MANY = 10_000;

class SilentBus extends EventBus {
  publish(): Promise<void> {
    return Promise.resolve();
  }
}

describe.each(DATABASES)('What is new for somebody, on %s', (_name, server) => {
  let db: Database;
  let drop: () => Promise<void>;
  let history: HistoryService;
  const ids = Array.from({ length: COUNT }, (_, i) => `g-${i}`);

  beforeAll(async () => {
    const empty = await emptyDatabase(server);
    drop = empty.drop;
    db = await connect(empty.url, messageSchema, { migrate: true });
    history = new HistoryService(db, new Views(db), new SilentBus());
    await db.transaction(async (tx) => {
      insertRows(tx, {
        table: 'conversations',
        columns: ['id', 'type', 'lastSeq', 'counted', 'version', 'createdAt', 'updatedAt'],
        rows: ids.map((id, i) => ({
          id,
          type: 'group',
          lastSeq: 5,
          counted: 5,
          version: 1,
          createdAt: 1,
          updatedAt: 1000 + i,
        })),
      });
      await tx.query('SELECT 1');
      insertRows(tx, {
        table: 'conversation_members',
        columns: ['conversationId', 'userId'],
        rows: ids.map((conversationId) => ({ conversationId, userId: ann })),
      });
    });
  });
  afterAll(async () => {
    await db.close();
    await drop();
  });

  it('comes a hundred conversations a round, the newest first, and ends', async () => {
    const cursors: Record<string, number> = {};
    const seen: string[] = [];
    for (let more = true; more;) {
      const round = await history.sync(ann, cursors);
      expect(round.conversations.length).toBeLessThanOrEqual(100);
      for (const { id, lastSeq } of round.conversations) {
        seen.push(id);
        cursors[id] = lastSeq;
      }
      more = round.more;
    }
    expect(seen).toEqual([...ids].reverse());
    expect(await history.sync(ann, cursors)).toEqual({ conversations: [], more: false });
  });

  it('is what is behind its cursor or unknown, whatever else the client names', async () => {
    const cursors: Record<string, number> = Object.fromEntries(ids.map((id) => [id, 5]));
    for (let i = 0; i < MANY - COUNT; i++) cursors[`other-${i}`] = i;
    cursors['g-7'] = 4;
    cursors['G-8'] = 5;
    delete cursors['g-8'];
    cursors['g-9'] = Number.MAX_SAFE_INTEGER;
    const started = performance.now();
    const { conversations, more } = await history.sync(ann, cursors);
    // compared one with each they take most of a second, in which one process serves nobody
    expect(performance.now() - started).toBeLessThan(500);
    expect({ ids: conversations.map(({ id }) => id), more }).toEqual({ ids: ['g-8', 'g-7'], more: false });
    expect(await history.sync('bob' as UserId, cursors)).toEqual({ conversations: [], more: false });
  });
});
