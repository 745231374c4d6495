import { connect, insertRows, isDuplicate, isIn, runStatements, type Database } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DATABASES, emptyDatabase } from './databases.js';

class RowsInit1790000000098 implements MigrationInterface {
  name = 'RowsInit1790000000098';
  up(runner: QueryRunner): Promise<void> {
    const statements = [
      'CREATE TABLE birds (id varchar(64) NOT NULL PRIMARY KEY, note text NOT NULL, seen bigint NOT NULL, ring int)',
    ];
    return runStatements(runner, { sqlite: statements, mysql: statements });
  }
  down(): Promise<void> {
    throw new Error('no way back');
  }
}

interface Bird {
  id: string;
  note: string;
  seen: number;
  ring: number | null;
}

const COLUMNS = ['id', 'note', 'seen', 'ring'] as const;
const bird = (id: string, rest: Partial<Bird> = {}): Bird => ({ id, note: 'x', seen: 1, ring: null, ...rest });

describe.each(DATABASES)('Many rows at once on %s', (_name, server) => {
  let db: Database;
  let drop: () => Promise<void>;
  const stored = async (): Promise<Bird[]> =>
    (await db.query<Bird>('SELECT id, note, seen, ring FROM birds ORDER BY id')).map((row) => ({
      ...row,
      seen: Number(row.seen),
    }));
  const insert = (rows: Bird[], onConflict?: 'ignore' | { key: string[]; update: 'note'[] }): Promise<void> =>
    db.transaction(async (tx) => insertRows(tx, { table: 'birds', columns: COLUMNS, rows, onConflict }));

  beforeEach(async () => {
    const empty = await emptyDatabase(server);
    drop = empty.drop;
    db = await connect(empty.url, { entities: [], migrations: [RowsInit1790000000098] }, { migrate: true });
  });
  afterEach(async () => {
    await db.close();
    await drop();
  });

  it('are stored as they were given, whatever is in them', async () => {
    const notes = [
      `quotes ' " \` and \\ a backslash`,
      '? marks ?? and :names; -- comments /* too */',
      'line\nbreaks\r\n and\ttabs',
      '雨燕 🐦 ‮ \u200b é',
      '{"json": [1, null, "\\u0041"]}',
      "'; DROP TABLE birds; --",
    ];
    const rows = notes.map((note, i) => bird(`b${i}`, { note, seen: 1_790_000_000_000 + i, ring: i % 2 ? i : null }));
    await insert(rows);
    expect(await stored()).toEqual(rows);
  });

  it('are not there when one of them is a duplicate, and the transaction says so', async () => {
    await insert([bird('a')]);
    const failure = await insert([bird('b'), bird('a')]).catch((error: unknown) => error);
    expect(isDuplicate(failure)).toBe(true);
    expect(await stored()).toEqual([bird('a')]);
  });

  it('take what was written before them in the transaction back when a later statement of it fails', async () => {
    await expect(
      db.transaction(async (tx) => {
        insertRows(tx, { table: 'birds', columns: COLUMNS, rows: [bird('a')] });
        await tx.query('SELECT nonsense FROM birds');
      }),
    ).rejects.toThrow();
    await insert([bird('b')]);
    expect((await stored()).map(({ id }) => id)).toEqual(['b']);
  });

  it('are seen by what the same transaction reads after them', async () => {
    const ids = await db.transaction(async (tx) => {
      insertRows(tx, { table: 'birds', columns: COLUMNS, rows: [bird('a'), bird('b'), bird('c')] });
      const among = isIn(db.dialect, 'id', ['a', 'c', 'nobody']);
      const rows = (await tx.query(`SELECT id FROM birds WHERE ${among.sql} ORDER BY id`, among.parameters)) as Bird[];
      return rows.map(({ id }) => id);
    });
    expect(ids).toEqual(['a', 'c']);
  });

  it('leave or change the ones that are there, as asked', async () => {
    await insert([bird('a', { note: 'first' })]);
    await insert([bird('a', { note: 'second' }), bird('b')], 'ignore');
    expect((await stored()).map(({ note }) => note)).toEqual(['first', 'x']);
    await insert([bird('a', { note: 'third', seen: 9 })], { key: ['id'], update: ['note'] });
    expect((await stored())[0]).toEqual(bird('a', { note: 'third' }));
  });

  it('of a transaction that was given up are gone, and the next one is not touched by them', async () => {
    await expect(
      db.transaction(async (tx) => {
        insertRows(tx, { table: 'birds', columns: COLUMNS, rows: [bird('a')] });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await insert([bird('b')]);
    expect((await stored()).map(({ id }) => id)).toEqual(['b']);
  });
});
