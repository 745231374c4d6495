import { setTimeout as passes } from 'node:timers/promises';
import { Clock } from '@dunlin/platform';
import { Entity, type QueryRunner } from 'typeorm';
import type { Database } from './database.js';
import { Outbox } from './outbox.js';
import { openTemporary } from './temporary.js';
import { OutboxRow, RequestRow } from './unit-of-work.js';

@Entity('some_outbox')
class SomeOutboxRow extends OutboxRow {}

@Entity('some_requests')
class SomeRequestRow extends RequestRow {}

class SomeTables1790000000001 {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE some_outbox (id, aggregate, position, type, payload, createdAt)');
    await runner.query('CREATE TABLE some_requests (requestId PRIMARY KEY, result, createdAt)');
  }
  async down(): Promise<void> {}
}

const DAY_MS = 24 * 3600 * 1000;

describe('An outbox', () => {
  let db: Database;
  let close: () => Promise<void>;
  let outbox: Outbox;
  const clock = new (class extends Clock {
    at = Date.now();
    override now(): number {
      return this.at;
    }
  })();

  beforeEach(async () => {
    ({ db, close } = await openTemporary({
      entities: [SomeOutboxRow, SomeRequestRow],
      migrations: [SomeTables1790000000001],
    }));
    outbox = new Outbox(db, clock, { outbox: SomeOutboxRow, requests: SomeRequestRow });
  });
  afterEach(async () => {
    await outbox.onApplicationShutdown();
    await close();
  });

  const noteRequests = (prefix: string, count: number, at: number): Promise<unknown> =>
    db.transaction((tx) =>
      tx.query(
        `INSERT INTO some_requests WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         SELECT ? || i, NULL, ? FROM n`,
        [count, prefix, at],
      ),
    );
  const note = (id: string, payload: object): Promise<unknown> =>
    db.transaction((tx) =>
      tx.getRepository(SomeOutboxRow).insert({
        id,
        aggregate: 'a',
        position: Number(id),
        type: 'told',
        payload: JSON.stringify(payload),
        createdAt: clock.at,
      }),
    );
  const untold = async (): Promise<number> =>
    (await db.query<{ n: number }>('SELECT count(*) AS n FROM some_outbox'))[0]!.n;
  const left = async (): Promise<number> =>
    (await db.query<{ n: number }>('SELECT count(*) AS n FROM some_requests'))[0]!.n;

  it('forgets requests of more than a day ago, a thousand at a time, so that writes get in between', async () => {
    await noteRequests('old', 2500, clock.at - DAY_MS - 1);
    await noteRequests('new', 7, clock.at - DAY_MS + 1000);
    const sizes: number[] = [];
    const transaction = db.transaction.bind(db);
    jest.spyOn(db, 'transaction').mockImplementation(async (work) => {
      const result = await transaction(work);
      sizes.push(await left());
      return result;
    });
    outbox.onApplicationBootstrap();
    while ((await left()) > 7) await passes(20);
    await outbox.onApplicationShutdown();
    expect(sizes).toEqual([1507, 507, 7]);
  });

  it('delivers what waits while it forgets requests', async () => {
    await noteRequests('old', 1, clock.at - DAY_MS - 1);
    let forget = (): void => undefined;
    const gate = new Promise<void>((resolve) => (forget = resolve));
    const transaction = db.transaction.bind(db);
    jest.spyOn(db, 'transaction').mockImplementationOnce(async (work) => {
      await gate;
      return transaction(work);
    });
    const delivered: object[] = [];
    outbox.on('told', async (payload) => void delivered.push(payload));
    outbox.onApplicationBootstrap();
    while (jest.mocked(db.transaction).mock.calls.length === 0) await passes(20);
    await transaction((tx) =>
      tx.getRepository(SomeOutboxRow).insert({
        id: '1',
        aggregate: 'a',
        position: 1,
        type: 'told',
        payload: '{"what":1}',
        createdAt: clock.at - 5000,
      }),
    );
    while (delivered.length === 0) await passes(20);
    expect(delivered).toEqual([{ what: 1 }]);
    expect(await left()).toBe(1);
    forget();
    while ((await left()) > 0) await passes(20);
  });

  it('has delivered what it delivers while so much waits to be written that nothing more is taken', async () => {
    await note('1', {});
    let end = (): void => undefined;
    const gate = new Promise<void>((resolve) => (end = resolve));
    const others: Promise<unknown>[] = [];
    let full = false;
    outbox.on('told', async () => {
      others.push(db.transaction(() => gate));
      while (!full) {
        others.push(db.transaction(async () => undefined).catch(() => (full = true)));
        await passes(50);
      }
      setTimeout(end, 100);
    });
    await outbox.flush('a');
    await Promise.all(others);
    expect(await untold()).toBe(0);
  });

  it('forgets in one write what it delivered of one aggregate, and tells again only what failed', async () => {
    for (const id of ['1', '2', '3']) await note(id, { id });
    const told: string[] = [];
    let away = true;
    outbox.on<{ id: string }>('told', async ({ id }) => {
      told.push(id);
      if (away && id === '3') throw new Error('away');
    });
    const writes = jest.spyOn(db, 'transaction');
    await expect(outbox.flush('a')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await untold()).toBe(1);
    away = false;
    await outbox.flush('a');
    expect(told).toEqual(['1', '2', '3', '3']);
    expect(await untold()).toBe(0);
    expect(writes).toHaveBeenCalledTimes(2);
  });
});
