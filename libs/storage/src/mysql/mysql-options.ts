import mysql2, { type PoolOptions } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import type { DataSourceOptions } from 'typeorm';

/** MariaDB and MySQL are told apart by asking: TypeORM needs to know, and people write mysql:// for both. */
export async function serverDialect(url: string): Promise<'mysql' | 'mariadb'> {
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
    // half-open connections are found by the ping of the pool's health check and by the query timeouts above it
    driver: { createPool },
    extra: { enableKeepAlive: true, maxIdle: connections },
  };
}

/**
 * READ COMMITTED: rows are locked by key and by intent (FOR UPDATE); gap locks would only add deadlocks. A short lock
 * wait turns a stuck neighbour into an error that is retried. Set on every connection of the pool, the first included.
 */
function createPool(options: PoolOptions): mysql2.Pool {
  const pool = mysql2.createPool(options);
  pool.on('connection', (connection) => {
    connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    connection.query('SET SESSION innodb_lock_wait_timeout = 5');
  });
  return pool;
}
