import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import Libsql from 'libsql';
import { connect } from '../connect.js';

describe('A database that was closed', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'dunlin-closed-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const inside = (name: string): string => join(folder, name);

  const write = async (file: string, beforeTheEnd?: () => void): Promise<void> => {
    const db = await connect(`sqlite:${file}`, { entities: [], migrations: [] }, { migrate: true });
    await db.transaction((tx) => tx.query('CREATE TABLE notes (text varchar(20) NOT NULL)'));
    await db.transaction((tx) => tx.query("INSERT INTO notes (text) VALUES ('kept')"));
    beforeTheEnd?.();
    await db.close();
  };
  const texts = (file: string): unknown[] => {
    const copy = new Libsql(file);
    try {
      return copy.prepare('SELECT text FROM notes').all();
    } finally {
      copy.close();
    }
  };

  it('is whole in its one file', async () => {
    await write(inside('notes.sqlite'));
    copyFileSync(inside('notes.sqlite'), inside('copy.sqlite'));
    expect(texts(inside('copy.sqlite'))).toMatchObject([{ text: 'kept' }]);
  });

  it('does not wait for another program that reads it, and says that a copy needs more', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const other = new Libsql(inside('notes.sqlite'));
    await write(inside('notes.sqlite'), () => {
      other.exec('BEGIN');
      other.prepare('SELECT * FROM notes').all();
    });
    other.exec('COMMIT');
    other.close();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('-wal'));
    for (const suffix of ['', '-wal']) copyFileSync(inside(`notes.sqlite${suffix}`), inside(`copy.sqlite${suffix}`));
    expect(texts(inside('copy.sqlite'))).toMatchObject([{ text: 'kept' }]);
    warn.mockRestore();
  });
});
