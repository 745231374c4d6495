import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import mysql from 'mysql2/promise';

/** What both servers are started with: durable like in production, since tests kill them, and loopback only. */
export function commonArguments({ data, socket, pidFile, port, initFile }) {
  return [
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--pid-file=${pidFile}`,
    `--port=${port}`,
    `--init-file=${initFile}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--innodb-buffer-pool-size=256M',
    '--innodb-flush-log-at-trx-commit=1',
    '--max-connections=300',
    '--performance-schema=OFF',
    ...runAs(),
  ];
}

/** Both servers refuse to run as root unless told to; nobody else needs to say it. */
export const runAs = () => (process.getuid?.() === 0 ? ['--user=root'] : []);

/** A user with a password of this run, and the statements that make it and the database `dunlin`. */
export function account(folder, name) {
  const password = randomBytes(18).toString('hex');
  const initFile = path.join(folder, `${name}.sql`);
  // Run at every start before anyone can connect. `root` has no password after the initialisation, so it is locked.
  const statements = [
    'CREATE DATABASE IF NOT EXISTS dunlin CHARACTER SET utf8mb4;',
    `CREATE USER IF NOT EXISTS 'dunlin'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON *.* TO 'dunlin'@'127.0.0.1';",
    "ALTER USER 'root'@'localhost' ACCOUNT LOCK;",
  ];
  writeFileSync(initFile, `${statements.join('\n')}\n`, { mode: 0o600 });
  const url = (port) => `mysql://dunlin:${password}@127.0.0.1:${port}/dunlin`;
  return { initFile, url };
}

/** A real query over TCP as the user that the apps use. */
export async function pingSql(url) {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 2000 });
  try {
    await connection.query('SELECT 1');
  } finally {
    connection.destroy();
  }
}

/**
 * Makes an empty database on the server of `url`, dropping one of that name.
 *
 * @param {string} url of any database on that server, with a user that may create others
 * @param {string} name letters, digits and underscores
 * @returns {Promise<string>} the new database's URL
 */
export async function createDatabase(url, name) {
  if (!/^\w{1,60}$/.test(name)) throw new Error(`Not a database name: ${name}`);
  const connection = await mysql.createConnection({ uri: url });
  try {
    await connection.query(`DROP DATABASE IF EXISTS ${name}`);
    await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  } finally {
    await connection.end();
  }
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
