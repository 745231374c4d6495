import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Device } from '../support/device.js';
import { eventually, expectNoConnection, outcome } from '../support/expectations.js';
import { newClientMsgId, unique } from '../support/names.js';
import { Visitor, type Person } from '../support/person.js';
import { sendBytes } from '../support/raw-http.js';
import { RawSocket } from '../support/raw-socket.js';
import { joinDeaf } from './deaf.js';
import { annAndBen, limitedServer } from './limited-server.js';

const server = limitedServer();
let base: string;
let ann: Person;
let ben: Person;
beforeAll(async () => {
  base = server().gateways[0] as string;
  [ann, ben] = await annAndBen(server());
});

const text = (): object => ({
  clientMsgId: newClientMsgId(),
  type: 'text',
  content: { text: 'more' },
  toUserId: ben.id,
});

/** Whatever somebody does, others are served as before. */
async function expectPrompt(within = 2000): Promise<void> {
  const device = await ben.connect();
  const begun = performance.now();
  await device.settle();
  expect((await fetch(`${base}/health/ready`)).status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(within);
  device.close();
}

it('[A29] A flood of messages is refused at once past its limit, and others are served', async () => {
  const device = await ann.connect();
  const flood = Array.from({ length: 1500 }, () => device.raw('message:send', text()));
  await expectPrompt(5000);
  const codes = (await Promise.all(flood)).map(outcome);
  expect(new Set(codes)).toEqual(new Set(['ok', 'rate_limited']));
  // another device of the same person is no way around
  const second = await ann.connect();
  const more = await Promise.all(Array.from({ length: 200 }, () => second.raw('message:send', text())));
  expect(more.map(outcome)).toContain('rate_limited');
});

it('[A29] A flood of events that are not known counts like any other', async () => {
  const device = await ann.connect();
  const answers = await Promise.all(Array.from({ length: 400 }, () => device.raw('nothing', {})));
  expect(new Set(answers.map(outcome))).toEqual(new Set(['validation_failed', 'rate_limited']));
});

const devicesOf = async (name: string): Promise<Device[]> => {
  const someone = await new Visitor(server().gateways).register(unique(name));
  return Promise.all(Array.from({ length: 10 }, () => someone.connect()));
};
/** On each of them so many times at once. */
const flood = (devices: Device[], times: number, payload: object, event = 'sync') =>
  Promise.all(devices.flatMap((device) => Array.from({ length: times }, () => device.raw(event, payload))));

it('[A29] Events are counted over all devices of a person', async () => {
  const answers = await flood(await devicesOf('eve'), 50, { cursors: {} });
  expect(new Set(answers.map(outcome))).toEqual(new Set(['ok', 'rate_limited']));
});

it('[A29] A sync counts by how much it asks', async () => {
  const cursors = Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`d${String(i).padStart(32, '0')}`, 1]));
  const answers = flood(await devicesOf('eve'), 8, { cursors });
  await expectPrompt(5000);
  const codes = (await answers).map(outcome);
  expect(new Set(codes)).toEqual(new Set(['ok', 'rate_limited']));
  expect(codes.filter((code) => code === 'ok').length).toBeLessThan(60);
}, 60_000);

it('[A29] A subscription to presence counts by how many it names', async () => {
  const strangers = Array.from({ length: 200 }, () => randomBytes(16).toString('hex'));
  const answers = flood(await devicesOf('eve'), 8, { userIds: strangers }, 'presence:subscribe');
  await expectPrompt(5000);
  const codes = (await answers).map(outcome);
  expect(new Set(codes)).toEqual(new Set(['ok', 'rate_limited']));
  expect(codes.filter((code) => code === 'ok').length).toBeLessThan(60);
}, 60_000);

it('[A29] A page of history counts by how much is in it, over sockets and HTTP', async () => {
  const eve = await new Visitor(server().gateways).register(unique('eve'));
  const { conversationId } = await eve.makeGroup();
  const devices = await Promise.all(Array.from({ length: 10 }, () => eve.connect()));
  for (let i = 0; i < 130; i++) await devices[0]?.say({ conversationId }, 'x'.repeat(4000));
  const page = { conversationId, afterSeq: 0, limit: 200 };
  const pages: string[] = [];
  // a page is counted when it is there: what was asked for at the same time passes
  for (let round = 0; round < 20; round++)
    pages.push(...(await flood(devices.slice(0, 4), 1, page, 'conversation:sync')).map(outcome));
  expect(new Set(pages)).toEqual(new Set(['ok', 'rate_limited']));
  const replies: string[] = [];
  for (let i = 0; i < 80; i++)
    replies.push(outcome(await eve.http('GET', `/conversations/${conversationId}/messages?limit=200`)));
  expect(new Set(replies)).toEqual(new Set(['ok', 'rate_limited']));
}, 60_000);

it('[A29] A page of conversations counts by how much is in it', async () => {
  const eve = await new Visitor(server().gateways).register(unique('eve'));
  const groups = await Promise.all(Array.from({ length: 60 }, () => eve.makeGroup()));
  for (const { conversationId } of groups) await eve.post(conversationId, 'x'.repeat(4000));
  const asked = async (): Promise<string> => outcome(await eve.http('GET', '/conversations?limit=100'));
  const replies: string[] = [];
  for (let i = 0; i < 60; i++) replies.push(await asked());
  expect(new Set(replies)).toEqual(new Set(['ok', 'rate_limited']));
}, 60_000);

it('[A30] One person has fifty connections at most, and gets a place back with each that ends', async () => {
  const eve = await new Visitor(server().gateways).register(unique('eve'));
  const devices = await Promise.all(Array.from({ length: 50 }, () => eve.connect()));
  await expectNoConnection(eve.connect(), 'rate_limited');
  await devices[0]?.end();
  await eventually(async () => (await eve.connect()).settle());
  await expectPrompt();
});

it('[A32] A frame over the limit ends that connection alone, also in fragments and when its end never comes', async () => {
  const huge = `42/im,1["message:send",{"text":"${'x'.repeat(1024 * 1024)}"}]`;
  const whole = await joined();
  whole.send(huge);
  await whole.waitForClose();
  const pieces = await joined();
  for (let at = 0; at < huge.length; at += 64 * 1024) pieces.ws.send(huge.slice(at, at + 64 * 1024), { fin: false });
  await pieces.waitForClose();
  const reply = await polling('x'.repeat(1024 * 1024 + 10));
  expect([400, 413]).toContain(reply.status);
  await expectPrompt();
});

it('[A34] Attachments that are declared and never sent do not hold a connection’s memory or anybody else', async () => {
  for (const count of ['11', '1000000', '99999999999999999999', '-1', '1e9']) {
    const socket = await joined();
    socket.send(`45${count}-/im,1["message:send",{"_placeholder":true,"num":0}]`);
    await socket.waitForClose();
  }
  const socket = await joined();
  socket.send('4510-/im,1["message:send",{"_placeholder":true,"num":0}]');
  for (let i = 0; i < 9; i++) socket.send(randomBytes(1000));
  await expectPrompt();
  // what comes instead of the tenth is no event: the connection ends
  socket.send('42/im,2["sync",{"cursors":{}}]');
  await socket.waitForClose();
  // and all ten sent are bytes, which no event takes
  const other = await joined();
  other.send('451-/im,3["message:send",{"_placeholder":true,"num":0}]');
  other.send(randomBytes(1000));
  expect(await other.waitFor((packet) => packet.startsWith('43/im,3'))).toContain('validation_failed');
});

it('[A34] Attachments hold no more than one frame may, and least of all for who has not signed in', async () => {
  for (const open of [() => joined(), () => RawSocket.open(base)]) {
    const socket = await open();
    socket.send('4510-/im,1["message:send",{"_placeholder":true,"num":0}]');
    for (let i = 0; i < 3; i++) socket.send(randomBytes(500_000));
    await socket.waitForClose(5000);
  }
  await expectPrompt();
});

it('[A37] A flood of tiny fragments ends in time and is felt by nobody else', async () => {
  const socket = await joined();
  for (let i = 0; i < 200_000; i++) {
    socket.ws.send('x', { fin: false });
    if (i % 20_000 === 0) await expectPrompt(3000);
    if (socket.closed) break;
  }
  await socket.waitForClose();
  await expectPrompt();
});

it('[A33] Who never reads what comes costs others nothing', async () => {
  const deaf = await joinDeaf(base, await ben.signInAgain());
  const [sender, reader] = [await ann.connect(), await ben.connect()];
  const words = 'x'.repeat(4000);
  let last = 0;
  // the flood of before may still count
  for (let round = 0; round < 10; round++)
    await eventually(async () => ({ seq: last } = await sender.say({ toUserId: ben.id }, words)));
  await reader.waitForMessage(({ seq }) => seq === last);
  await expectPrompt();
  deaf.destroy();
});

// the last two, since few others from this address get in after them
it('[A30] One address cannot try tokens without end', async () => {
  const sockets = await Promise.all(Array.from({ length: 260 }, () => RawSocket.open(base)));
  for (const socket of sockets) for (let i = 0; i < 20; i++) socket.send('40/im,{"token":"x"}');
  const refused = await Promise.any(
    sockets.map((socket) => socket.waitFor((packet) => packet.includes('rate_limited'))),
  );
  expect(refused).toContain('retryAfterMs');
  for (const socket of sockets) socket.end();
  // and it is let in again with time
  await eventually(async () => (await ann.connect()).close());
});

it('[A30] One address cannot open connections without end that never shake hands', async () => {
  const open = 'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n';
  const { text } = await sendBytes(base, `${open}\r\n`.repeat(11_000) + `${open}Connection: close\r\n\r\n`);
  const count = (status: number): number => text.split(`HTTP/1.1 ${status}`).length - 1;
  expect(count(200) + count(403)).toBe(11_001);
  expect(count(403)).toBeGreaterThan(100);
  expect((await ann.http('GET', '/users/me')).status).toBe(200);
});

it('[A30] Who asks for a connection and hangs up at once, in a crowd, harms nobody', async () => {
  const { hostname, port } = new URL(base);
  const upgrade =
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`;
  // some hang up before they are heard, some while they wait for their turn
  for (const afterMs of [0, 2, 5, 10, 20]) {
    const sockets = Array.from({ length: 200 }, () => connect(Number(port), hostname).on('error', () => undefined));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.write(upgrade);
    await setTimeout(afterMs);
    for (const socket of sockets) socket.resetAndDestroy();
  }
  await expectPrompt();
});

/** As ann, with packets by hand. */
const joined = (): Promise<RawSocket> => RawSocket.join(base, ann.token);

/** A body to a polling connection of its own. */
async function polling(body: string): Promise<Response> {
  const url = `${base}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1)) as { sid: string };
  return fetch(`${url}&sid=${sid}`, { method: 'POST', body });
}
