import { randomBytes } from 'node:crypto';
import type { Ack } from '@dunlin/contracts/wire';
import { Device } from '../support/device.js';
import { expectNoConnection, expectRefusal, outcome } from '../support/expectations.js';
import { newClientMsgId } from '../support/names.js';
import { friends, person, type Person } from '../support/person.js';
import { RawSocket } from '../support/raw-socket.js';

let ann: Person;
let ben: Person;
beforeAll(async () => {
  [ann, ben] = await friends();
});

const handshake = (query: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${ann.base}/socket.io/?EIO=4&${query}`, init);
const sidOf = async (reply: Response): Promise<string> =>
  (JSON.parse((await reply.text()).slice(1)) as { sid: string }).sid;

/** A protocol error may end a connection: then that is the answer. */
const answerOrEnd = async (socket: RawSocket, start: string): Promise<void> => {
  await socket.waitFor((one) => one.startsWith(start)).catch(() => expect(socket.closed).toBe(true));
};

describe('The handshake', () => {
  const FOREIGN = [
    'https://evil.example',
    'null',
    'file://',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'https://localhost@evil.example',
    'http://',
    'garbage',
    'chrome-extension://abcdef',
  ];

  it.each(FOREIGN)('[A24] of a page from %s is refused, over WebSocket and polling', async (origin) => {
    await expect(RawSocket.open(ann.base, { origin })).rejects.toThrow(/403|400/);
    const reply = await handshake('transport=polling', { headers: { origin } });
    expect(reply.status).toBe(403);
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('[A25] without a good token lets nobody in, on any namespace', async () => {
    for (const namespace of ['/im', '/', '/admin', '/im/../im', '/IM', '/im?token=x', '//im', '/__proto__'])
      for (const token of [undefined, '', 'x', {}, ann.token.slice(0, -2)]) {
        const attempt = Device.connect(ann.base, token, { namespace });
        if (namespace === '/im') await expectNoConnection(attempt, 'unauthenticated');
        else await expect(attempt).rejects.toThrow();
      }
    for (const namespace of ['/', '/admin', '/IM', '/im2'])
      await expect(Device.connect(ann.base, ann.token, { namespace })).rejects.toThrow();
  });

  it('[A25] that has not been made makes events worth nothing', async () => {
    const send = `["message:send",${JSON.stringify({ clientMsgId: 'early', type: 'text', content: { text: 'early' }, toUserId: ben.id })}]`;
    for (const packet of [`42/im,1${send}`, `421${send}`, `42/im,2["sync",{"cursors":{}}]`]) {
      const socket = await RawSocket.open(ann.base);
      socket.send(packet);
      await socket.waitForClose();
      expect(socket.packets.filter((one) => one.startsWith('43'))).toEqual([]);
    }
    // and the same right behind a CONNECT that is refused
    const socket = await RawSocket.open(ann.base);
    socket.send('40/im,{"token":"bad"}');
    socket.send(`42/im,1${send}`);
    await socket.waitForClose();
    expect(socket.packets.filter((one) => one.startsWith('43'))).toEqual([]);
    const { items } = await ben.ok<{ items: { lastSeq: number }[] }>('GET', '/conversations');
    expect(items.filter(({ lastSeq }) => lastSeq > 0)).toEqual([]);
  });

  it('[A30] keeps no connection that has left its namespace, and so counts for nobody', async () => {
    const socket = await RawSocket.join(ann.base, ann.token);
    socket.send('41/im,');
    await socket.waitForClose(5000);
  });

  it('[A28] is not skipped by recovering another connection’s state', async () => {
    const socket = await RawSocket.join(ann.base, ann.token);
    const joined = JSON.parse(
      (socket.packets.find((one) => one.startsWith('40/im')) as string).slice('40/im,'.length),
    ) as Record<string, string>;
    expect(Object.keys(joined)).toEqual(['sid']);
    socket.end();
    for (const pid of [joined['sid'], joined['pid'] ?? 'x', '__proto__']) {
      const thief = await RawSocket.open(ann.base);
      thief.send(`40/im,${JSON.stringify({ pid, offset: 'x', sid: joined['sid'] })}`);
      expect(await thief.waitFor((packet) => /^4[04]\/im/.test(packet))).toContain('unauthenticated');
    }
  });

  it('[A38] gives out ids that cannot be guessed, and one’s polling is not another’s', async () => {
    const sids = await Promise.all(Array.from({ length: 20 }, async () => sidOf(await handshake('transport=polling'))));
    expect(new Set(sids).size).toBe(20);
    // 15 random bytes and a counter, in base64
    for (const sid of sids) expect(sid.length).toBeGreaterThanOrEqual(20);
    expect(new Set(sids.map((sid) => sid.slice(0, 8))).size).toBe(20);
    for (const sid of [
      randomBytes(15).toString('base64url'),
      '__proto__',
      'constructor',
      '',
      '../',
      sids[0]?.slice(0, -1),
    ]) {
      const reply = await handshake(`transport=polling&sid=${encodeURIComponent(sid ?? '')}`, {
        method: 'POST',
        body: '41',
      });
      expect(reply.status).toBe(400);
    }
    // a WebSocket's id is no door to it by polling
    const device = await ann.connect({ gateway: 0 });
    const { id } = device.socket.io.engine as unknown as { id: string };
    const reply = await fetch(`${ann.gateways[0]}/socket.io/?EIO=4&transport=polling&sid=${id}`);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({ code: 3, message: 'Bad request' });
    await device.settle();
  });
});

describe('A connection', () => {
  it('[A27] ends when its session ends, on every gateway and over every transport', async () => {
    const eve = await person('eve');
    const devices = await Promise.all(
      eve.gateways.flatMap((_, gateway) =>
        [['websocket'], ['polling']].map((transports) => eve.connect({ gateway, transports })),
      ),
    );
    await eve.ok('POST', '/auth/logout');
    for (const device of devices) {
      expect(await device.waitFor('session:revoked')).toEqual({ reason: 'logout' });
      await device.waitForClose();
      expect(
        await device.socket
          .timeout(200)
          .emitWithAck('sync', { cursors: {} })
          .catch(() => 'nothing'),
      ).toBe('nothing');
    }
  });

  it('[A39] gains nothing by server events, rooms and admin’s words', async () => {
    const [device, other] = await Promise.all([ann.connect(), ben.connect()]);
    const words = [
      'messages',
      'friend:added',
      'group:joined',
      'session:revoked',
      'presence',
      'user:updated',
      'join',
      'subscribe',
      'join_room',
      'leave',
      'room',
      'admin',
      'broadcast',
      'serverSideEmit',
      'socketsJoin',
    ];
    for (const word of words)
      for (const payload of [{ reason: 'logout' }, { room: ben.id, userId: ben.id }, {}])
        expectRefusal(await device.raw(word, payload), 'validation_failed');
    await other.settle();
    expect(other.inbox.filter(({ event }) => event !== 'presence')).toEqual([]);
    expect(other.closed).toBeUndefined();
  });
});

describe('An event', () => {
  const EVENTS = ['message:send', 'conversation:sync', 'sync', 'conversation:read', 'typing', 'presence:subscribe'];

  it('[A35] called like a part of every object, or reserved, changes nothing', async () => {
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      '__defineGetter__',
      'valueOf',
      'then',
    ];
    const device = await ann.connect();
    for (const name of names) expectRefusal(await device.raw(name, {}), 'validation_failed');
    for (const name of [
      'connect',
      'connect_error',
      'disconnect',
      'disconnecting',
      'newListener',
      'removeListener',
      'error',
    ]) {
      const socket = await RawSocket.join(ann.base, ann.token);
      socket.send(`42/im,7${JSON.stringify([name, { message: 'x' }])}`);
      // answered, or a protocol error that ends this connection alone
      await answerOrEnd(socket, '43/im,7');
      for (const answer of socket.packets.filter((one) => one.startsWith('43/im,7')))
        expect(answer).toContain('validation_failed');
    }
    await device.settle();
  });

  it('[A36] with null, lists, texts and the like is refused, each', async () => {
    const device = await ann.connect();
    for (const event of EVENTS)
      for (const payload of [null, [], [[]], '', 'x', 0, -1, true, [null], { length: 1 }, { toJSON: 1 }])
        expectRefusal(await device.raw(event, payload), 'validation_failed');
  });

  it('[A36] a hundred thousand levels deep costs nothing and harms nobody', async () => {
    const other = await ben.connect({ gateway: 0 });
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const deep = open.repeat(100_000) + (open === '[' ? '' : '1') + close.repeat(100_000);
      for (const body of [`["message:send",${deep}]`, `["sync",{"cursors":${deep}}]`]) {
        const socket = await RawSocket.join(ben.gateways[0] as string, ann.token);
        const begun = performance.now();
        socket.send(`42/im,9${body}`);
        await answerOrEnd(socket, '43/im,9');
        await other.settle();
        expect(performance.now() - begun).toBeLessThan(5000);
      }
    }
  });

  it('[A36] without an ack, or with what is no ack, does nothing', async () => {
    const socket = await RawSocket.join(ann.base, ann.token);
    const payload = { clientMsgId: newClientMsgId(), type: 'text', content: { text: 'no ack' }, toUserId: ben.id };
    for (const packet of [
      `42/im,["message:send",${JSON.stringify(payload)}]`,
      `42/im,["message:send",${JSON.stringify(payload)},"ack"]`,
    ])
      socket.send(packet);
    socket.send('42/im,8["presence:subscribe",{"userIds":[]}]');
    await socket.waitFor((one) => one.startsWith('43/im,8'));
    const answer = (await (await ann.connect()).raw('message:send', payload)) as Ack<{ duplicate: boolean }>;
    expect(answer).toMatchObject({ ok: true, data: { duplicate: false } });
  });

  it('[A40] is always answered, once, and a refusal says nothing of the inside nor of what was sent', async () => {
    const device = await ann.connect();
    const secret = 'kD93-secret-value';
    const bad: unknown[] = [
      {},
      { unknown: secret },
      { conversationId: secret },
      { conversationId: { $gt: secret } },
      { cursors: { x: secret } },
      { userIds: [secret, { secret }] },
      { conversationId: secret, afterSeq: secret, seq: secret, active: secret },
      { clientMsgId: secret, type: secret, content: secret, toUserId: secret },
    ];
    const answers = await Promise.all(EVENTS.flatMap((event) => bad.map((payload) => device.raw(event, payload))));
    expect(answers).toHaveLength(EVENTS.length * bad.length);
    for (const answer of answers) {
      if (outcome(answer) !== 'ok') expectRefusal(answer, outcome(answer) as 'validation_failed');
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
    expect(device.all('exception' as 'messages')).toEqual([]);
  });
});

it('[A40] After all this the server lets people talk', async () => {
  const [a, b] = await Promise.all([ann.connect(), ben.connect()]);
  await a.say({ toUserId: ben.id }, 'still here');
  await b.waitForText('still here');
});
