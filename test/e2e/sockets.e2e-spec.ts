import type { Ack } from '@dunlin/contracts/wire';
import { io } from 'socket.io-client';
import { ConnectError, Device } from '../support/device.js';
import { expectNoConnection, expectRefusal } from '../support/expectations.js';
import { newClientMsgId } from '../support/names.js';
import { friends, person, type Person } from '../support/person.js';

describe('The handshake', () => {
  let ann: Person;
  beforeAll(async () => {
    ann = await person();
  });

  it.each([
    ['no token', undefined],
    ['an empty token', ''],
    ['null', null],
    ['a number', 7],
    ['an object', { token: 'x' }],
    ['a list', ['x']],
    ['nonsense', 'nonsense'],
    ['a huge text', 'x'.repeat(10_000)],
  ])('is refused with %s for a token', async (_what, token) => {
    await expectNoConnection(Device.connect(ann.base, token), 'unauthenticated');
  });

  it('does not take the token from the query', async () => {
    const url = `${ann.base}/im?token=${ann.token}`;
    const socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      query: { token: ann.token },
    });
    const error = await new Promise<Error & { data?: { code: string } }>((resolve) =>
      socket.once('connect_error', resolve),
    );
    expect(error.data?.code).toBe('unauthenticated');
    socket.close();
  });

  it.each([['websocket'], ['polling']])('works over %s', async (transport) => {
    const device = await ann.connect({ transports: [transport] });
    expect(device.socket.io.engine.transport.name).toBe(transport);
    await device.settle();
  });

  it('works over polling with a change to websocket', async () => {
    const device = await ann.connect({ gateway: 0, transports: ['polling', 'websocket'] });
    if (device.socket.io.engine.transport.name !== 'websocket')
      await new Promise((resolve) => device.socket.io.engine.once('upgrade', resolve));
    await device.settle();
    expect(device.socket.io.engine.transport.name).toBe('websocket');
  });

  it('over polling everything works as over websocket', async () => {
    const [one, two] = await friends();
    const a = await one.connect({ transports: ['polling'] });
    const b = await two.connect({ transports: ['polling'] });
    await a.say({ toUserId: two.id }, 'slowly but surely');
    await b.waitForText('slowly but surely');
  });

  it('is for /im alone: / and others carry nothing', async () => {
    for (const namespace of ['/', '/chat', '/im2', '/im/x', '/__proto__']) {
      const attempt = Device.connect(ann.base, ann.token, { namespace });
      await expectNoConnection(attempt, 'not_found');
    }
  });

  it('of a page from elsewhere is refused, and of the server’s own is welcome', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example', 'file://'])
      for (const transports of [['websocket'], ['polling']])
        await expect(ann.connect({ headers: { origin }, transports })).rejects.toBeInstanceOf(ConnectError);
    const device = await ann.connect({ gateway: 0, headers: { origin: ann.gateways[0] as string } });
    await device.settle();
  });

  it('is not disturbed by another one', async () => {
    const devices = await Promise.all(Array.from({ length: 10 }, () => ann.connect()));
    for (const device of devices) await device.settle();
  });
});

describe('An event', () => {
  let ann: Person;
  let ben: Person;
  let device: Device;
  beforeAll(async () => {
    [ann, ben] = await friends();
  });
  beforeEach(async () => {
    device = await ann.connect();
  });
  afterEach(async () => {
    // whatever was sent, the connection goes on
    await device.settle();
    device.close();
  });

  const good = () => ({ clientMsgId: newClientMsgId(), type: 'text', content: { text: 'hi' }, toUserId: ben.id });

  it.each([
    'nothing',
    'message',
    'message:Send',
    '',
    'messages',
    'session:revoked',
    '__proto__',
    'toString',
    'x'.repeat(10_000),
  ])('called %p is not known', async (event) => {
    expectRefusal(await device.raw(event, {}), 'validation_failed');
    expectRefusal(await device.raw(event), 'validation_failed');
  });

  it.each([
    ['no payload', []],
    ['two payloads', [{}, {}]],
    ['null', [null]],
    ['undefined', [undefined]],
    ['a text', ['hello']],
    ['a number', [7]],
    ['true', [true]],
    ['a list', [[]]],
    ['a list of payloads', [[{}]]],
    ['bytes', [Buffer.from('hello')]],
  ])('with %s is refused, each of them', async (_what, args) => {
    for (const event of [
      'message:send',
      'conversation:sync',
      'sync',
      'conversation:read',
      'typing',
      'presence:subscribe',
    ])
      expectRefusal(await device.raw(event, ...args), 'validation_failed');
  });

  it('with a good payload and one more argument is refused and does nothing', async () => {
    const payload = good();
    expectRefusal(await device.raw('message:send', payload, 'extra'), 'validation_failed');
    const sent = (await device.raw('message:send', payload)) as Ack<{ duplicate: boolean }>;
    expect(sent).toMatchObject({ ok: true, data: { duplicate: false } });
  });

  it('with bytes somewhere inside is refused', async () => {
    const bytes = Buffer.from('hello');
    expectRefusal(await device.raw('message:send', { ...good(), content: bytes }), 'validation_failed');
    expectRefusal(await device.raw('message:send', { ...good(), content: { text: bytes } }), 'validation_failed');
    expectRefusal(
      await device.raw('message:send', { ...good(), type: 'image', content: { data: bytes } }),
      'validation_failed',
    );
    expectRefusal(await device.raw('sync', { cursors: bytes }), 'validation_failed');
    expectRefusal(await device.raw('presence:subscribe', { userIds: [bytes] }), 'validation_failed');
  });

  it('with keys that every object has is refused and changes nothing', async () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const payload = JSON.parse(`{"${key}":{"isAdmin":true}}`) as object;
      for (const event of ['message:send', 'sync', 'typing'])
        expectRefusal(await device.raw(event, payload), 'validation_failed');
      const cursors = JSON.parse(`{"cursors":{"${key}":1}}`) as object;
      const answer = await device.raw('sync', cursors);
      if (!answer.ok) expectRefusal(answer, 'validation_failed');
    }
  });

  it('nested many times is refused', async () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 2000; i++) deep = { deep };
    expectRefusal(await device.raw('message:send', { ...good(), content: deep }), 'validation_failed');
    expectRefusal(await device.raw('sync', { cursors: deep }), 'validation_failed');
  });

  it('without an ack does nothing', async () => {
    const payload = good();
    device.socket.emit('message:send', payload);
    device.socket.emit('nothing', {});
    device.socket.emit('message:send');
    device.socket.emit('message:send', payload, 'no function');
    await device.settle();
    const sent = (await device.raw('message:send', payload)) as Ack<{ duplicate: boolean }>;
    expect(sent.ok).toBe(true);
  });

  it('is answered exactly once, good or bad, alone or in a crowd', async () => {
    const acks: (number | undefined)[] = [];
    device.socket.io.on(
      'packet' as never,
      ((packet: { type: number; id?: number }) => {
        if (packet.type === 3) acks.push(packet.id);
      }) as never,
    );
    const ids: number[] = [];
    const answers = Promise.all(
      Array.from({ length: 40 }, (_, i) => {
        ids.push((device.socket as unknown as { ids: number }).ids);
        return i % 2 ? device.raw('message:send', good()) : device.raw('message:send', { bad: i });
      }),
    );
    await answers;
    await device.settle();
    const own = acks.filter((id) => id !== undefined && id >= (ids[0] as number) && id < (ids[0] as number) + 40);
    expect(own.sort((a, b) => (a as number) - (b as number))).toEqual(
      Array.from({ length: 40 }, (_, i) => (ids[0] as number) + i),
    );
  });
});

describe('A frame', () => {
  it('of up to 1 MiB is answered, and a larger one ends that connection alone', async () => {
    const ann = await person();
    const [device, other] = [await ann.connect({ gateway: 0 }), await ann.connect({ gateway: 0 })];
    expectRefusal(await device.raw('message:send', { text: 'x'.repeat(1024 * 1024 - 1000) }), 'validation_failed');
    device.socket.emit('message:send', { text: 'x'.repeat(1024 * 1024) });
    await device.waitForClose();
    await other.settle();
  });

  it('that is none ends that connection alone', async () => {
    const ann = await person();
    const [device, other] = [await ann.connect({ gateway: 0 }), await ann.connect({ gateway: 0 })];
    const engine = device.socket.io.engine as unknown as { write: (data: string) => void };
    engine.write('2/im,["message:send",{]');
    await device.waitForClose();
    await other.settle();
  });
});

describe('A connection', () => {
  it('that ends in the middle of a send has sent once or not at all', async () => {
    const [ann, ben] = await friends();
    const reader = await ben.connect();
    const device = await ann.connect();
    const clientMsgId = newClientMsgId();
    device.socket.emit(
      'message:send',
      {
        clientMsgId,
        type: 'text',
        content: { text: 'cut off' },
        toUserId: ben.id,
      },
      () => undefined,
    );
    device.socket.io.engine.close();
    const again = await ann.connect();
    const sent = await again.say({ toUserId: ben.id }, 'cut off', clientMsgId);
    expect(sent.seq).toBe(1);
    await reader.waitForText('cut off');
    const { seq } = await again.say({ toUserId: ben.id }, 'next');
    expect(seq).toBe(2);
  });

  it('does not go on as before after a reconnect: what was missed comes by sync alone', async () => {
    const [ann, ben] = await friends();
    const device = await ben.connect({ gateway: 0 });
    const sender = await ann.connect({ gateway: 0 });
    device.socket.io.engine.close();
    await device.waitForClose();
    await sender.say({ toUserId: ben.id }, 'missed');
    device.socket.connect();
    await new Promise<void>((resolve) => device.socket.once('connect', resolve));
    expect(device.socket.recovered).not.toBe(true);
    await device.settle();
    expect(device.messages()).toEqual([]);
    expect((await device.ok('sync', { cursors: {} })).conversations).toHaveLength(1);
  });
});
