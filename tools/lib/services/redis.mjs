import { mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import path from 'node:path';
import { distribution, unpackPackages } from '../debian.mjs';
import { which } from '../run.mjs';
import { libraryPath } from './libraries.mjs';
import { Server } from './server.mjs';

/** `{ command, env }` of a redis-server. */
async function locate(signal) {
  const found = which('redis-server');
  if (found) return { command: found, env: {} };
  if (!distribution())
    throw new Error('redis-server is missing. Install it: apt-get install redis-server, or brew install redis');
  const root = await unpackPackages(['redis-server', 'redis-tools'], { signal });
  return { command: path.join(root, 'usr/bin/redis-server'), env: { LD_LIBRARY_PATH: libraryPath(root) } };
}

/** Prepares a Redis that forgets: no password, no snapshot, loopback only. Returns it unstarted with its URL. */
export async function redis({ folder, port, log, signal }) {
  const { command, env } = await locate(signal);
  const data = path.join(folder, 'redis');
  mkdirSync(data);
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', data, '--save', '', '--appendonly', 'no'].map(String);
  const server = new Server({
    name: 'redis',
    command,
    args,
    env,
    logFile: path.join(folder, 'redis.log'),
    ping: () => ping(port),
    log,
  });
  return { server, env: { REDIS_URL: `redis://127.0.0.1:${port}` } };
}

/** PING, by hand: one line each way is less than a client's reconnecting and error events. */
function ping(port) {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: 1000 });
    const end = (settle, value) => {
      socket.destroy();
      settle(value);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) =>
      data.toString().startsWith('+PONG') ? end(resolve) : end(reject, new Error(String(data))),
    );
    socket.once('timeout', () => end(reject, new Error('no answer')));
    socket.once('error', (error) => end(reject, error));
  });
}
