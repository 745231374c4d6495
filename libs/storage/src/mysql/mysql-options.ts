import mysql2, { type PoolOptions } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import type { DataSourceOptions } from 'typeorm';

/** Seconds that a statement waits for a row's lock. */
const LOCK_WAIT_S = 2;
/** Seconds after which the server ends a connection that says nothing. */
const IDLE_S = 30;

/** MariaDB and MySQL are told apart by asking: TypeORM needs to know, and people write mysql:// for both. */
async function serverDialect(url: string): Promise<'mysql' | 'mariadb'> {
  const connection = await createConnection({ uri: url.replace(/^mariadb:/, 'mysql:'), connectTimeout: 3000 });
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version');
    return /mariadb/i.test((rows as { version: string }[])[0]?.version ?? '') ? 'mariadb' : 'mysql';
  } finally {
    await connection.end();
  }
}

export async function mysqlOptions(url: string, connections: number): Promise<DataSourceOptions> {
  const type = await serverDialect(url);
  return {
    type,
    url: url.replace(/^(mysql|mariadb):/, `${type}:`),
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    poolSize: connections,
    connectTimeout: 3000,
    driver: { createPool },
    // Idle connections are closed here before the server does it; past `maxIdle` mysql2 closes them each second, however
    // short they have been idle, and without it none.
    extra: {
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
      maxIdle: connections - 1,
      idleTimeout: IDLE_S * 500,
    },
  };
}

/**
 * READ COMMITTED: rows are locked by key and by intent (FOR UPDATE); gap locks would only add deadlocks. A short lock
 * wait turns a stuck neighbour into an error. What the server does not hear from it ends soon, a transaction with its
 * locks included, whose client may have vanished. Set on every connection of the pool, the first included.
 */
function createPool(options: PoolOptions): mysql2.Pool {
  const pool = mysql2.createPool(options);
  pool.on('connection', (connection) => {
    connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    connection.query(`SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_S}, wait_timeout = ${IDLE_S}`);
    // values are escaped with backslashes; where the server took those for letters, a text could end its own quotes
    connection.query("SET SESSION sql_mode = REPLACE(@@SESSION.sql_mode, 'NO_BACKSLASH_ESCAPES', '')");
  });
  return pool;
}
