import { connect, runStatements, startingWith, type Database } from '@dunlin/storage';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DATABASES, emptyDatabase } from './databases.js';

class NamesInit1790000000097 implements MigrationInterface {
  name = 'NamesInit1790000000097';
  up(runner: QueryRunner): Promise<void> {
    const table = 'CREATE TABLE names (id int NOT NULL PRIMARY KEY, name varchar(64) NOT NULL)';
    const statements = [table, 'CREATE INDEX ix_names ON names (name, id)'];
    return runStatements(runner, { sqlite: statements, mysql: statements });
  }
  down(): Promise<void> {
    throw new Error('no way back');
  }
}

const NAMES = [
  'tag',
  'tag ',
  'tag\t',
  'tag day',
  'tagging',
  'tag\uffff',
  'tag🐦',
  'tag🐦s',
  'tag\u{10ffff}',
  'tag\u{10ffff}\u{10ffff}',
  'tah',
  'ta',
  'Tag',
  't_g',
  't%g',
  't!g',
  't\\g',
  '🐦',
  '\ud7ffz',
  '\ue000',
  '\u{10ffff}z',
  ...Array.from({ length: 500 }, (_, i) => `other ${i}`),
];

describe.each(DATABASES)('A search by the start of a name on %s', (_name, server) => {
  let db: Database;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const empty = await emptyDatabase(server);
    drop = empty.drop;
    db = await connect(empty.url, { entities: [], migrations: [NamesInit1790000000097] }, { migrate: true });
    await db.transaction(async (tx) => {
      for (const [id, name] of NAMES.entries())
        await tx.query('INSERT INTO names (id, name) VALUES (?, ?)', [id, name]);
    });
  });
  afterAll(async () => {
    await db.close();
    await drop();
  });

  it.each([
    'tag',
    'tag ',
    'tag  ',
    'tag🐦',
    'tag\uffff',
    'tag\u{10ffff}',
    '\u{10ffff}',
    '\ud7ff',
    '🐦',
    't',
    '',
    'other 7',
  ])('finds exactly the names that begin with %j', async (text) => {
    const begins = startingWith(db.dialect, 'name', text);
    const rows = await db.query<{ name: string }>(`SELECT name FROM names WHERE ${begins.sql}`, begins.parameters);
    expect(rows.map(({ name }) => name).sort()).toEqual(NAMES.filter((name) => name.startsWith(text)).sort());
  });

  it.each(['%', '_', 't_', 't%', 't!', 't\\', 'T'])('takes %j as it is', async (text) => {
    const begins = startingWith(db.dialect, 'name', text);
    const rows = await db.query<{ name: string }>(`SELECT name FROM names WHERE ${begins.sql}`, begins.parameters);
    expect(rows.map(({ name }) => name)).toEqual(NAMES.filter((name) => name.startsWith(text)));
  });

  it('reads a range of the index', async () => {
    const begins = startingWith(db.dialect, 'name', 'tag');
    const explain = db.dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
    const plan = await db.query(`${explain} SELECT id FROM names WHERE ${begins.sql}`, begins.parameters);
    expect(JSON.stringify(plan)).toMatch(db.dialect === 'sqlite' ? /SEARCH.*name>\? AND name<\?/ : /\brange\b/);
  });
});
