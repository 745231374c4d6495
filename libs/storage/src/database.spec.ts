import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from './connect.js';
import { WRITE_OF_NOTHING } from './database.js';

describe('What tries whether an SQLite file can be written', () => {
  it('writes, though it changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-tried-'));
    const file = join(folder, 'notes.sqlite');
    const db = await connect(`sqlite:${file}`, { entities: [], migrations: [] }, { migrate: true });
    const before = readFileSync(`${file}-wal`);
    await db.transaction((tx) => tx.query(WRITE_OF_NOTHING));
    expect(readFileSync(`${file}-wal`).equals(before)).toBe(false);
    await db.close();
    rmSync(folder, { recursive: true });
  });
});
