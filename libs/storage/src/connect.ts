import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DataSource, type DataSourceOptions, type EntityTarget, type MigrationInterface } from 'typeorm';
import { StartError } from '@dunlin/platform';
import { Database } from './database.js';
import type { FileLock } from './sqlite/file-lock.js';

const logger = new Logger('Storage');

/** What a context brings along: its entities and how their tables came to be. */
export interface Schema {
  entities: (new () => object)[];
  migrations: (new () => MigrationInterface)[];
}

export const mergeSchemas = (...schemas: Schema[]): Schema => ({
  entities: schemas.flatMap((schema) => schema.entities),
  migrations: schemas.flatMap((schema) => schema.migrations),
});

export interface ConnectOptions {
  /** Of each of the two MySQL pools, the one for transactions and the one for reads. */
  connections?: number;
  /** Make the schema current first; otherwise a schema that is behind is an error. */
  migrate: boolean;
  /** Give up instead of waiting for a server that does not answer. */
  once?: boolean;
}

export type Entity = EntityTarget<object>;

const isSqlite = (url: string): boolean => url.startsWith('sqlite:');

async function optionsFor(url: string, schema: Schema, connections: number): Promise<DataSourceOptions> {
  // Only the driver that is needed is loaded: the other one would be dead weight for as long as the process lives.
  const base = isSqlite(url)
    ? await (await import('./sqlite/sqlite-options.js')).sqliteOptions(url)
    : await (await import('./mysql/mysql-options.js')).mysqlOptions(url, connections);
  return {
    ...base,
    entities: schema.entities,
    migrations: schema.migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
  } as DataSourceOptions;
}

/** For reads. */
async function open(url: string, schema: Schema, connections: number): Promise<DataSource> {
  const source = new DataSource(await optionsFor(url, schema, connections));
  if (!isSqlite(url)) source.driver = await mysqlDriver(source);
  await source.initialize();
  return source;
}

/** For transactions: their statements travel together, see `HeldStatements`. */
async function openWriter(url: string, schema: Schema, connections: number): Promise<DataSource> {
  const options = await optionsFor(url, schema, connections);
  let source: DataSource;
  if (isSqlite(url)) {
    source = new DataSource(options);
    const { openThreadedDriver } = await import('./sqlite/threaded-driver.js');
    source.driver = await openThreadedDriver(source, url);
  } else {
    // for this pool alone, through which only our own statements go; what people search for is read through the other
    source = new DataSource({ ...options, extra: { ...(options.extra as object), multipleStatements: true } });
    source.driver = await mysqlDriver(source);
  }
  await source.initialize();
  return source;
}

async function mysqlDriver(source: DataSource): Promise<DataSource['driver']> {
  const { ScriptingMysqlDriver } = await import('./mysql/scripting-driver.js');
  return new ScriptingMysqlDriver(source);
}

/** Waits for the server, saying so now and then, as an app that starts before its database must. */
async function openPatiently(
  url: string,
  schema: Schema,
  { connections = 8, once }: ConnectOptions,
): Promise<DataSource> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await openWriter(url, schema, connections);
    } catch (error) {
      if (once || isSqlite(url)) throw error;
      const code = (error as { code?: string }).code ?? (error as Error).name;
      if (attempt % 10 === 0) logger.warn(`Waiting for the database (${code})`);
      await delay(Math.min(200 + attempt * 100, 1000));
    }
  }
}

/** Opens the database behind `url` with these tables, waiting for a server that is not up yet. */
export async function connect(url: string, schema: Schema, options: ConnectOptions): Promise<Database> {
  let lock: FileLock | undefined;
  try {
    if (isSqlite(url)) lock = await lockSqlite(url);
    return await connectLocked(url, schema, options, () => lock?.release());
  } catch (error) {
    lock?.release();
    throw isSqlite(url) ? explained(error) : error;
  }
}

/** What may be wrong with the file, for its operator. */
function explained(error: unknown): unknown {
  const { message, code: said = '' } = error as NodeJS.ErrnoException;
  // libsql gives none to what fails before SQLite does
  const code = said === '' && message.includes('Unable to open connection') ? 'SQLITE_CANTOPEN' : said;
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code))
    return new StartError(
      'The database file is damaged, or no SQLite database. Put a backup in its place, and remove its -wal and -shm first.',
    );
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM|IOERR|FULL)|EACCES|EROFS|ENOENT|ENOTDIR|EISDIR|ELOOP|ENOSPC|EPERM)/.test(code))
    return new StartError(`The database file cannot be opened or written (${code}). See DATABASE_URL and DATA_DIR.`);
  return error;
}

async function lockSqlite(url: string): Promise<FileLock> {
  const [{ lockFile }, { sqliteFile }] = await Promise.all([
    import('./sqlite/file-lock.js'),
    import('./sqlite/sqlite-options.js'),
  ]);
  return lockFile(sqliteFile(url));
}

async function connectLocked(
  url: string,
  schema: Schema,
  options: ConnectOptions,
  closed: () => void,
): Promise<Database> {
  const writer = await openPatiently(url, schema, options);
  if (options.migrate) await migrate(writer);
  else if (await writer.showMigrations()) {
    await writer.destroy();
    throw new StartError(
      'The database schema is behind this version. Run: npm run migrate (in the image: node dist/all/apps/migrate/src/main.js)',
    );
  }
  return new Database(writer, await open(url, schema, options.connections ?? 8), closed);
}

/** Brings the schema up to date. Safe to repeat; one process at a time. */
export async function migrate(source: DataSource): Promise<void> {
  if (source.options.type !== 'better-sqlite3') {
    // case and accents count, as they do in SQLite; but spaces at the end do not (PAD SPACE): see `startingWith`
    await source.query(`ALTER DATABASE \`${source.driver.database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  }
  const done = await source.runMigrations({ transaction: 'each' });
  for (const migration of done) logger.log(`Migrated: ${migration.name}`);
}

/** SQL that would make the tables what the entities say; empty when the migrations agree with them. */
export async function schemaDrift(source: DataSource): Promise<string[]> {
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  return upQueries.map((query) => query.query);
}

/** A plain data source with this schema; for the migration tools and tests. */
export const openSource = (url: string, schema: Schema): Promise<DataSource> =>
  isSqlite(url) ? open(url, schema, 2) : openWriter(url, schema, 2);
