import { connect as dial, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Database } from '@dunlin/storage';
import { createConnection } from 'mysql2/promise';
import { DATABASES, emptyDatabase } from './databases.js';

const SERVERS = DATABASES.filter(([, url]) => !url.startsWith('sqlite:'));
const schema = { entities: [], migrations: [] };

/** A way to the server on which what is open can fall silent, as after a failover; new connections get through. */
class Way {
  private readonly open = new Set<{ client: Socket; server: Socket; silent: boolean }>();

  private constructor(private readonly listener: Server) {}

  static async to(url: URL): Promise<Way> {
    const listener = createServer();
    const way = new Way(listener);
    listener.on('connection', (client) => way.carry(client, dial(Number(url.port || 3306), url.hostname)));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get port(): string {
    return String((this.listener.address() as AddressInfo).port);
  }

  silence(): void {
    for (const pair of this.open) pair.silent = true;
  }

  async close(): Promise<void> {
    for (const { client, server } of this.open) for (const socket of [client, server]) socket.destroy();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private carry(client: Socket, server: Socket): void {
    const pair = { client, server, silent: false };
    this.open.add(pair);
    client.on('data', (data) => pair.silent || server.write(data));
    server.on('data', (data) => pair.silent || client.write(data));
    for (const socket of [client, server]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => (pair.silent ? undefined : [client, server].forEach((one) => one.destroy())));
    }
  }
}

(SERVERS.length > 0 ? describe.each(SERVERS) : describe.skip.each([['a server', '']]))(
  'Connections to %s',
  (_name, server) => {
    let db: Database;
    let way: Way;
    let url: URL;
    let drop: () => Promise<void>;

    beforeEach(async () => {
      const empty = await emptyDatabase(server);
      drop = empty.drop;
      url = new URL(empty.url);
      way = await Way.to(url);
      const through = new URL(url);
      through.hostname = '127.0.0.1';
      through.port = way.port;
      db = await connect(through.href, schema, { migrate: true, connections: 2 });
    });
    afterEach(async () => {
      await db.close();
      await way.close();
      await drop();
    });

    it('that have gone silent are given up within seconds, for transactions and reads alike', async () => {
      const started = performance.now();
      // both pools have a connection that falls silent
      await Promise.all([db.transaction((tx) => tx.query('SELECT 1')), db.query('SELECT 1')]);
      way.silence();
      const work = (): Promise<unknown>[] => [db.transaction((tx) => tx.query('SELECT 1')), db.query('SELECT 1')];
      const outcomes = await Promise.allSettled(work());
      expect(outcomes).toMatchObject([
        { status: 'rejected', reason: { code: 'unavailable' } },
        { status: 'rejected', reason: { code: 'unavailable' } },
      ]);
      await Promise.all(work());
      expect(performance.now() - started).toBeLessThan(25_000);
    }, 60_000);

    it('that are used now and then are kept', async () => {
      const seen = new Set<unknown>();
      for (const end = performance.now() + 2500; performance.now() < end; await pause(100))
        seen.add((await db.query<{ id: unknown }>('SELECT CONNECTION_ID() AS id'))[0]?.id);
      expect(seen.size).toBe(1);
    });

    it('of a client that vanished in a transaction do not keep its locks for hours', async () => {
      const connection = await createConnection(url.href);
      const waits = (await db.query<{ Value: string }>("SHOW SESSION VARIABLES LIKE 'wait_timeout'"))[0]?.Value;
      expect(Number(waits)).toBeLessThanOrEqual(30);
      // somebody holds a lock: who waits for it is told so before anybody gives up on the answer
      await connection.query('CREATE TABLE held (id int PRIMARY KEY)');
      await connection.query('INSERT INTO held VALUES (1)');
      await connection.query('START TRANSACTION');
      await connection.query('SELECT * FROM held WHERE id = 1 FOR UPDATE');
      const started = performance.now();
      await expect(
        db.transaction((tx) => tx.query('SELECT * FROM held WHERE id = 1 FOR UPDATE')),
      ).rejects.toMatchObject({ code: 'unavailable' });
      expect(performance.now() - started).toBeLessThan(4500);
      await connection.end();
    });
  },
);
