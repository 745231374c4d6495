// What ends by itself when an attacker only waits. All of it waits at once, and the answer comes after a minute or so.
import { connect, type Socket } from 'node:net';
import { Device } from '../support/device.js';
import { eventually, expectNoConnection } from '../support/expectations.js';
import { unique } from '../support/names.js';
import { friends, Visitor, type Person } from '../support/person.js';
import { RawSocket } from '../support/raw-socket.js';
import { sharedServer } from '../support/server.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { joinDeaf } from './deaf.js';
import { claimsOf } from './forge.js';

const PATIENCE_MS = 110_000;
const SESSION_S = 60;
jest.setTimeout(PATIENCE_MS + 10_000);

const base = sharedServer().gateways[0] as string;
let brief: Topology;
let ann: Person;
let device: Device;
let expired: Promise<unknown>;
let slow: { name: string; ended: Promise<string> }[];
let idle: Promise<void>[];
let upload: Promise<string>;
let deaf: Promise<unknown>;

beforeAll(async () => {
  slow = [
    ...Array.from({ length: 20 }, () => dribble('headers', 'GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ')),
    ...Array.from({ length: 20 }, () =>
      dribble(
        'body',
        'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{',
      ),
    ),
  ];
  idle = Array.from({ length: 10 }, async () => (await RawSocket.open(base)).waitForClose(PATIENCE_MS));
  const [watcher, listener] = await friends('watcher', 'deaf');
  upload = slowUpload(watcher.token);
  const watching = await watcher.connect();
  await watching.ok('presence:subscribe', { userIds: [listener.id] });
  await joinDeaf(base, listener);
  await watching.waitFor('presence', ({ userId, online }) => userId === listener.id && online);
  deaf = watching.waitFor('presence', ({ userId, online }) => userId === listener.id && !online, PATIENCE_MS);
  brief = await startTopology({
    embedded: true,
    env: { ACCESS_TOKEN_TTL: '5', REFRESH_TOKEN_TTL: String(SESSION_S) },
  });
  ann = await new Visitor(brief.gateways).register(unique('ann'));
  device = await ann.connect();
  expired = device
    .waitFor('session:revoked', () => true, PATIENCE_MS)
    .then(async (told) => {
      await device.waitForClose();
      return told;
    });
  // looked at below, when it is their turn
  for (const waiting of [expired, deaf, ...idle]) void waiting.catch(() => undefined);
});
afterAll(() => brief?.stop());

it('[A26] A connection outlives its token while its session holds, and a new one with that token is refused', async () => {
  const { exp } = claimsOf(ann.token) as { exp: number };
  await eventually(() => expect(Date.now()).toBeGreaterThan(exp * 1000 + 1000));
  await expectNoConnection(Device.connect(brief.gateways[0] as string, ann.token), 'token_expired');
  await device.settle();
});

it('[A31] A connection that is opened and never authenticated is closed after ten seconds', async () => {
  await Promise.all(idle);
});

it('[A33] Who reads nothing, not even the heartbeat, is let go', async () => {
  await deaf;
});

it('[A75] Headers and bodies that come one byte at a time are cut off, and nobody else notices', async () => {
  const begun = performance.now();
  expect((await fetch(`${base}/health/ready`)).status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(3000);
  for (const { name, ended } of slow) expect(`${name}: ${await ended}`).toMatch(/: (HTTP\/1\.1 (400|408)|$)/);
});

it('[A75] An upload that is slow all the same, as over a poor line, gets there', async () => {
  expect(await upload).toMatch(/^HTTP\/1\.1 201 /);
});

it('[A26] A connection whose session has expired is closed, and told why', async () => {
  expect(await expired).toEqual({ reason: 'expired' });
});

/** An upload of a hundred parts, one a second. */
function slowUpload(token: string): Promise<string> {
  const start = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
  const [parts, end] = [100, '\r\n--x--\r\n'];
  const head =
    `POST /api/v1/media HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n` +
    `Content-Type: multipart/form-data; boundary=x\r\nContent-Length: ${start.length + parts + end.length}\r\n\r\n`;
  const { hostname, port } = new URL(base);
  const socket: Socket = connect(Number(port), hostname, () => socket.write(head + start));
  let sent = 0;
  const timer = setInterval(() => {
    if (!socket.writable) return;
    socket.write('x');
    if (++sent === parts) socket.write(end);
    if (sent === parts) clearInterval(timer);
  }, 1000);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  return new Promise((resolve) =>
    socket.once('close', () => {
      clearInterval(timer);
      resolve(text);
    }),
  );
}

/** A request that gets a byte longer every few seconds and never whole. */
function dribble(name: string, start: string): { name: string; ended: Promise<string> } {
  const { hostname, port } = new URL(base);
  const socket: Socket = connect(Number(port), hostname, () => socket.write(start));
  const timer = setInterval(() => socket.writable && socket.write('x'), 2000);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) =>
    socket.once('close', () => {
      clearInterval(timer);
      resolve(text);
    }),
  );
  return { name, ended };
}
