import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Schema } from './connect.js';
import type { Database } from './database.js';

/** An SQLite database in a folder of its own, for tests: a real one, gone after `close`. */
export async function openTemporary(schema: Schema): Promise<{ db: Database; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'dunlin-'));
  const db = await connect(`sqlite:${join(folder, 'test.sqlite')}`, schema, { migrate: true });
  return {
    db,
    close: async () => {
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
