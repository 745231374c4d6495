import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { runStatements } from '../migration.js';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { connect } from '../connect.js';
import type { Database } from '../database.js';

class Notes1 implements MigrationInterface {
  name = 'Notes1000000000001';
  up(runner: QueryRunner): Promise<void> {
    const statements = ['CREATE TABLE notes (text varchar(20) NOT NULL)'];
    return runStatements(runner, { sqlite: statements, mysql: statements });
  }
  down(): Promise<void> {
    throw new Error('no way back');
  }
}

describe('a transaction that SQLite has ended by itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-failed-commit-'));
  let db: Database;
  beforeAll(async () => {
    db = await connect(
      `sqlite:${join(folder, 'notes.sqlite')}`,
      { entities: [], migrations: [Notes1] },
      { migrate: true },
    );
  });
  afterAll(async () => {
    await db.close();
    rmSync(folder, { recursive: true });
  });

  /** As when the disk is full at the COMMIT: SQLite may roll back, then fail. */
  const fails = (rolledBack: boolean): Promise<void> =>
    db.transaction(async (tx) => {
      await tx.query('SELECT 1');
      if (rolledBack) await tx.query('ROLLBACK');
      throw new Error('disk full');
    });

  it('does not keep what later ones write from being committed', async () => {
    await expect(fails(true)).rejects.toThrow('disk full');
    await expect(fails(false)).rejects.toThrow('disk full');
    await db.transaction((tx) => tx.query("INSERT INTO notes (text) VALUES ('kept')"));
    // the reader is another connection: it sees what is committed
    await expect(db.query('SELECT text FROM notes')).resolves.toEqual([expect.objectContaining({ text: 'kept' })]);
  });

  it('goes on beside another program that writes to the file', async () => {
    const other = new Libsql(join(folder, 'notes.sqlite'));
    const write = (text: string): Promise<unknown> =>
      db.transaction(async (tx) => {
        await tx.query('SELECT * FROM notes');
        // it has to wait its turn, or the insert below would find its snapshot too old
        expect(() => other.exec("INSERT INTO notes (text) VALUES ('other')")).toThrow(/locked|busy/i);
        await tx.query('INSERT INTO notes (text) VALUES (?)', [text]);
      });
    await write('one');
    other.exec("INSERT INTO notes (text) VALUES ('between')");
    await write('two');
    other.close();
    const texts = (await db.query<{ text: string }>('SELECT text FROM notes ORDER BY rowid')).map(({ text }) => text);
    expect(texts).toEqual(['kept', 'one', 'between', 'two']);
  });
});
