import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';

/** The databases under test: a file of SQLite, and the servers in DATABASE_URLS, separated by commas. */
export const DATABASES: [name: string, url: string][] = [
  ['SQLite', 'sqlite:'],
  ...(process.env['DATABASE_URLS'] ?? '')
    .split(',')
    .filter((url) => url !== '')
    .map((url, index): [string, string] => [index === 0 ? 'MySQL' : 'MariaDB', url]),
];

/** An empty database beside the given one, or a new file. */
export async function emptyDatabase(url: string): Promise<{ url: string; drop: () => Promise<void> }> {
  if (url.startsWith('sqlite:')) {
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-storage-'));
    return { url: `sqlite:${join(folder, 'db.sqlite')}`, drop: () => rm(folder, { recursive: true, force: true }) };
  }
  const name = `t_${randomBytes(6).toString('hex')}`;
  const server = new URL(url.replace(/^mariadb:/, 'mysql:'));
  const run = async (sql: string): Promise<void> => {
    const connection = await createConnection(server.href);
    await connection.query(sql);
    await connection.end();
  };
  await run(`CREATE DATABASE ${name}`);
  const own = new URL(server.href);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => run(`DROP DATABASE ${name}`) };
}
