import { groupSchema } from '@dunlin/group';
import { messageSchema } from '@dunlin/message';
import { mergeSchemas, migrate, openSource, schemaDrift } from '@dunlin/storage';
import { userSchema } from '@dunlin/user';
import { DATABASES, emptyDatabase } from './databases.js';

const schema = mergeSchemas(userSchema, groupSchema, messageSchema);

describe.each(DATABASES)('The schema on %s', (_name, server) => {
  it('is what the entities say once the migrations have run, and running them again changes nothing', async () => {
    const { url, drop } = await emptyDatabase(server);
    const source = await openSource(url, schema);
    await migrate(source);
    expect(await schemaDrift(source)).toEqual([]);
    await migrate(source);
    expect(await source.showMigrations()).toBe(false);
    await source.destroy();
    await drop();
  });

  it('is brought up to date by a migration that was killed at any of its statements', async () => {
    const { url, drop } = await emptyDatabase(server);
    const source = await openSource(url, schema);
    await migrate(source);
    // as after a kill between the last statement and the note that all are done
    if (source.options.type !== 'better-sqlite3') {
      await source.query('DELETE FROM migrations');
      await source.query('ALTER TABLE media DROP COLUMN name');
      await source.query('DROP TABLE message_media');
    }
    await migrate(source);
    expect(await schemaDrift(source)).toEqual([]);
    await source.destroy();
    await drop();
  });

  it('has the names folded that were stored before both small sigmas were one', async () => {
    const { url, drop } = await emptyDatabase(server);
    const source = await openSource(url, schema);
    await migrate(source);
    await source.query("DELETE FROM migrations WHERE name LIKE '%FinalSigma%'");
    const names = ['αλέξανδρος', 'ς', 'ann'];
    for (const [id, name] of names.entries()) {
      await source.query(
        `INSERT INTO users (id, username, usernameKey, displayName, nameKey, passwordHash, createdAt)
         VALUES (?, ?, ?, ?, ?, '', 0)`,
        [`u${id}`, `u${id}`, `u${id}`, name, name],
      );
      await source.query(
        "INSERT INTO chat_groups (id, name, nameKey, joinPolicy, ownerId, createdAt) VALUES (?, ?, ?, 'open', 'u0', 0)",
        [`g${id}`, name, name],
      );
    }
    await migrate(source);
    for (const table of ['users', 'chat_groups']) {
      const rows = (await source.query(`SELECT nameKey FROM ${table} ORDER BY id`)) as { nameKey: string }[];
      expect(rows.map(({ nameKey }) => nameKey)).toEqual(['αλέξανδροσ', 'σ', 'ann']);
    }
    await source.destroy();
    await drop();
  });

  it('shows drift when a migration is missing', async () => {
    const { url, drop } = await emptyDatabase(server);
    const source = await openSource(url, { ...schema, migrations: userSchema.migrations });
    await migrate(source);
    expect((await schemaDrift(source)).join()).toContain('messages');
    await source.destroy();
    await drop();
  });
});
