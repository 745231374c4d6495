import { DunlinError } from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';
import {
  connect,
  CountColumn,
  isDuplicate,
  Outbox,
  OutboxRow,
  PrimaryId,
  RequestRow,
  runStatements,
  UnitOfWork,
  type Database,
} from '@dunlin/storage';
import { Entity, type MigrationInterface, type QueryRunner } from 'typeorm';
import { waitUntil } from '../../tools/lib/wait.mjs';
import { DATABASES, emptyDatabase } from './databases.js';

@Entity('test_outbox')
class TestOutboxRow extends OutboxRow {}

@Entity('test_requests')
class TestRequestRow extends RequestRow {}

@Entity('test_accounts')
class AccountRow {
  @PrimaryId()
  id: string;

  @CountColumn()
  balance: number;
}

class TestInit1790000000099 implements MigrationInterface {
  name = 'TestInit1790000000099';
  up(runner: QueryRunner): Promise<void> {
    const statements = [
      'CREATE TABLE test_outbox (id varchar(64) NOT NULL PRIMARY KEY, aggregate varchar(140) NOT NULL, position bigint NOT NULL, type varchar(64) NOT NULL, payload text NOT NULL, createdAt bigint NOT NULL)',
      'CREATE TABLE test_requests (requestId varchar(64) NOT NULL PRIMARY KEY, result text, createdAt bigint NOT NULL)',
      'CREATE TABLE test_accounts (id varchar(64) NOT NULL PRIMARY KEY, balance int NOT NULL)',
    ];
    return runStatements(runner, { sqlite: statements, mysql: statements });
  }
  down(): Promise<void> {
    throw new Error('no way back');
  }
}

const schema = { entities: [TestOutboxRow, TestRequestRow, AccountRow], migrations: [TestInit1790000000099] };
const tables = { outbox: TestOutboxRow, requests: TestRequestRow };

describe.each(DATABASES)('A unit of work on %s', (_name, server) => {
  let db: Database;
  let url: string;
  let drop: () => Promise<void>;
  let work: UnitOfWork;
  let outbox: Outbox;

  beforeEach(async () => {
    const empty = await emptyDatabase(server);
    ({ url, drop } = empty);
    db = await connect(url, schema, { migrate: true });
    work = new UnitOfWork(db, new Clock(), tables);
    outbox = new Outbox(db, new Clock(), tables);
  });

  afterEach(async () => {
    await outbox.onApplicationShutdown();
    await db.close();
    await drop();
  });

  const balances = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await db.query<AccountRow>('SELECT id, balance FROM test_accounts ORDER BY id')).map((r) => [r.id, r.balance]),
    );

  it('keeps what it did or nothing of it, whatever runs at the same time', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        work.run(async ({ manager }) => {
          await manager.insert(AccountRow, { id: `a${i}`, balance: 1 });
          await manager.insert(AccountRow, { id: `b${i}`, balance: 1 });
          if (i % 2 === 1) throw new DunlinError('conflict');
        }),
      ),
    );
    expect(results.map((result) => result.status === 'fulfilled')).toEqual(results.map((_, i) => i % 2 === 0));
    expect(Object.keys(await balances())).toHaveLength(20);
  });

  it('shows readers nothing that is not committed', async () => {
    let seen = -1;
    await work.run(async ({ manager }) => {
      await manager.insert(AccountRow, { id: 'a', balance: 1 });
      // asked from outside of the transaction, as another request would
      await new Promise<void>((resolve, reject) => {
        outsideOfTransaction(async () => {
          seen = Object.keys(await balances()).length;
        }).then(resolve, reject);
      });
    });
    expect(seen).toBe(0);
    expect(await balances()).toEqual({ a: 1 });
  });

  it('runs every connection under READ COMMITTED, the first included', async () => {
    if (db.dialect === 'sqlite') return;
    const variable = db.dialect === 'mysql' ? '@@transaction_isolation' : '@@tx_isolation';
    const levels = await Promise.all(
      Array.from({ length: 12 }, () => db.query<{ level: string }>(`SELECT ${variable} AS level, SLEEP(0.05)`)),
    );
    expect(new Set(levels.map(([row]) => row?.level))).toEqual(new Set(['READ-COMMITTED']));
  });

  it('acts once on a request that comes several times, even at once, and answers the same', async () => {
    let runs = 0;
    const deposit = (): Promise<{ run: number }> =>
      work.once('request-1', async ({ manager }) => {
        runs++;
        await manager.insert(AccountRow, { id: `deposit-${runs}`, balance: 5 });
        return { run: runs };
      });
    const answers = await Promise.all([deposit(), deposit(), deposit()]);
    answers.push(await deposit());
    expect(new Set(answers.map((answer) => answer.run)).size).toBe(1);
    expect(Object.keys(await balances())).toHaveLength(1);
  });

  it('lets a request that failed be tried again', async () => {
    await expect(work.once('request-2', () => Promise.reject(new DunlinError('group_full')))).rejects.toMatchObject({
      code: 'group_full',
    });
    await expect(work.once('request-2', async () => 'done')).resolves.toBe('done');
  });

  it('tells a unique key that was hit from other failures', async () => {
    await work.run(({ manager }) => manager.insert(AccountRow, { id: 'a', balance: 1 }));
    const twice = work.run(({ manager }) => manager.insert(AccountRow, { id: 'a', balance: 2 }));
    expect(await twice.catch(isDuplicate)).toBe(true);
    expect(await work.run(({ manager }) => manager.query('SELECT nothing FROM nowhere')).catch(isDuplicate)).toBe(
      false,
    );
  });

  it('delivers what was told in the order of its aggregate, and goes on after a failure', async () => {
    const delivered: number[] = [];
    let fail = true;
    outbox.on('moved', async ({ n }: { n: number }) => {
      if (n === 2 && fail) {
        fail = false;
        throw new Error('nobody listens');
      }
      delivered.push(n);
    });
    for (const n of [1, 2, 3])
      await work.run(({ tell }) => tell({ aggregate: 'x', position: n, type: 'moved', payload: { n } }));
    await expect(outbox.flush('x')).rejects.toMatchObject({ code: 'unavailable' });
    await Promise.all([outbox.flush('x'), outbox.flush('x')]);
    expect(delivered).toEqual([1, 2, 3]);
  });

  it('goes on telling of everything else while one aggregate cannot be told of, and after the clock went back', async () => {
    const delivered: string[] = [];
    outbox.on('moved', async ({ who }: { who: string }) => {
      if (who === 'a') throw new Error('nobody listens');
      delivered.push(who);
    });
    for (const who of ['a', 'b', 'c'])
      await work.run(({ tell }) => tell({ aggregate: who, position: 1, type: 'moved', payload: { who } }));
    await db.transaction((tx) =>
      tx.query(`UPDATE test_outbox SET createdAt = createdAt + CASE aggregate WHEN 'b' THEN 3600000 ELSE -60000 END`),
    );
    outbox.onApplicationBootstrap();
    await waitUntil(() => delivered.length >= 2, { timeoutMs: 10_000, what: 'the sweep' });
    expect(delivered.sort()).toEqual(['b', 'c']);
  });

  it('is refused, and does not wait for ever, once the database is closed or closing', async () => {
    const closing = db.close();
    const racing = db.transaction((tx) => tx.query('SELECT 1')).catch((error: DunlinError) => error.code);
    await closing;
    await racing;
    await expect(db.transaction((tx) => tx.query('SELECT 1'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(db.read((from) => from.count(AccountRow))).rejects.toMatchObject({ code: 'unavailable' });
    db = await connect(url, schema, { migrate: true });
  });

  it('is for one server alone where it is a file', async () => {
    if (!url.startsWith('sqlite:')) return;
    await expect(connect(url, schema, { migrate: true })).rejects.toThrow('Another server is using this database');
    await db.close();
    db = await connect(url, schema, { migrate: true });
  });

  it('tells nothing of a change that was rolled back', async () => {
    await work
      .run(async ({ tell }) => {
        await tell({ aggregate: 'y', position: 1, type: 'moved', payload: {} });
        throw new DunlinError('conflict');
      })
      .catch(() => undefined);
    await expect(outbox.flush('y')).resolves.toBeUndefined();
  });
});

/** A turn of its own: the asynchronous context of the transaction does not reach it. */
const outside = new (class {
  private readonly queue: (() => void)[] = [];
  private readonly timer = setInterval(() => this.queue.splice(0).forEach((run) => run()), 1);
  constructor() {
    this.timer.unref();
  }
  run(task: () => void): void {
    this.queue.push(task);
  }
})();

const outsideOfTransaction = <T>(task: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => outside.run(() => task().then(resolve, reject)));
