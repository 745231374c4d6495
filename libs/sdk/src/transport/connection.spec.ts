import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server as NetServer } from 'node:net';
import { once } from 'node:events';
import { Server } from 'socket.io';
import { Connection, type ConnectionStatus } from './connection.js';

const page = globalThis as { window?: EventTarget };

describe('A connection whose device loses the network', () => {
  let connection: Connection | undefined;
  const ends: (() => unknown)[] = [];
  beforeEach(() => (page.window = new EventTarget()));
  afterEach(async () => {
    connection?.stop();
    delete page.window;
    for (const end of ends.splice(0)) await end();
  });

  const connectTo = async (server: HttpServer | NetServer): Promise<Connection> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const token = (): Promise<string> => Promise.resolve('token');
    const { port } = server.address() as AddressInfo;
    const options = { ackTimeoutMs: 500, backoff: { minMs: 20, maxMs: 50 } };
    connection = new Connection(`http://127.0.0.1:${port}`, { current: token, renewed: token }, options);
    connection.start();
    return connection;
  };
  const becomes = (made: Connection, status: ConnectionStatus): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => void (made.state.getSnapshot().status === status && resolve());
      made.state.subscribe(look);
      look();
    });
  const network = (event: 'online' | 'offline'): void => void page.window?.dispatchEvent(new Event(event));

  it('is given up at once, and comes back with the network', async () => {
    const http = createHttpServer();
    const io = new Server(http);
    io.of('/im').on('connection', () => undefined);
    ends.push(() => io.close());
    const made = await connectTo(http);
    await becomes(made, 'online');
    network('offline');
    expect(made.state.getSnapshot().status).toBe('offline');
    network('online');
    await becomes(made, 'online');
  });

  it('is tried again when that was in the middle of an attempt', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    ends.push(() => silent.close());
    const made = await connectTo(silent);
    await once(silent, 'connection');
    network('offline');
    await becomes(made, 'offline');
    await becomes(made, 'connecting');
  });
});
