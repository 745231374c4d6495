import { once } from 'node:events';
import WebSocket from 'ws';
import { eventually } from '../support/expectations.js';
import { RawSocket } from '../support/raw-socket.js';
import { startTopology, type Topology } from '../support/topology.mjs';

// What any client of the two protocols may rely on, packet by packet, as their public texts say (Engine.IO 4, Socket.IO 5).
// Socket.IO's own suite asks for the same echo handlers; it is no package, so it is run by hand.

let server: Topology;
let base: string;
beforeAll(async () => {
  server = await startTopology({ embedded: true, env: { SOCKETIO_CONFORMANCE: '1' } });
  base = server.gateways[0] as string;
});
afterAll(() => server?.stop());

const address = (query: string): string => `${base}/socket.io/?${query}`;
const POLLING = 'EIO=4&transport=polling';
const PING_MS = 300;

interface Session {
  sid: string;
  get(): Promise<Response>;
  post(body: string | Uint8Array<ArrayBuffer> | ReadableStream): Promise<Response>;
}

async function poll(): Promise<Session> {
  const { sid } = JSON.parse((await (await fetch(address(POLLING))).text()).slice(1)) as { sid: string };
  const url = address(`${POLLING}&sid=${sid}`);
  return {
    sid,
    get: () => fetch(url),
    post: (body) => fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit),
  };
}

/** A WebSocket that answers no ping by itself. */
async function listen(query = 'EIO=4&transport=websocket'): Promise<{ ws: WebSocket; next(): Promise<string> }> {
  const ws = new WebSocket(address(query).replace('http', 'ws'));
  const came: string[] = [];
  let wake = (): void => undefined;
  ws.on('message', (data) => {
    came.push((data as Buffer).toString());
    wake();
  });
  await once(ws, 'open');
  const next = async (): Promise<string> => {
    while (came.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return came.shift() as string;
  };
  return { ws, next };
}

const opened = (packet: string): unknown => (expect(packet[0]).toBe('0'), JSON.parse(packet.slice(1)));
const OPEN = {
  sid: expect.any(String) as string,
  pingInterval: PING_MS,
  pingTimeout: 200,
  maxPayload: 1_000_000,
};

describe('Engine.IO', () => {
  it('opens a session by polling, which may be upgraded', async () => {
    const reply = await fetch(address(POLLING));
    expect(reply.status).toBe(200);
    expect(opened(await reply.text())).toEqual({ ...OPEN, upgrades: ['websocket'] });
  });

  it('opens a session by WebSocket, which may not', async () => {
    const { ws, next } = await listen();
    expect(opened(await next())).toEqual({ ...OPEN, upgrades: [] });
    ws.close();
  });

  it.each(['EIO=abc&transport=polling', 'transport=polling', 'EIO=4&transport=abc', 'EIO=4'])(
    'refuses a session of %s',
    async (query) => expect((await fetch(address(query))).status).toBe(400),
  );

  it('refuses a session by another method, and one that is not there', async () => {
    expect((await fetch(address(POLLING), { method: 'POST' })).status).toBe(400);
    expect((await fetch(address(POLLING), { method: 'PUT' })).status).toBe(400);
    expect((await fetch(address(`${POLLING}&sid=unknown`))).status).toBe(400);
  });

  it.each(['EIO=abc&transport=websocket', 'EIO=4&transport=abc', 'EIO=4'])(
    'refuses a WebSocket of %s',
    async (query) => {
      const ws = new WebSocket(address(query).replace('http', 'ws'));
      ws.on('error', () => undefined);
      await new Promise((resolve) => ws.on('close', resolve));
    },
  );

  it('pings, by polling and by WebSocket, for as long as it is answered', async () => {
    const [session, { ws, next }] = [await poll(), await listen()];
    await next();
    for (let i = 0; i < 3; i++) {
      expect(await (await session.get()).text()).toBe('2');
      expect(await (await session.post('3')).text()).toBe('ok');
    }
    const { ws: other, next: nextOfOther } = await listen();
    await nextOfOther();
    for (let i = 0; i < 3; i++) {
      expect(await nextOfOther()).toBe('2');
      other.send('3');
    }
    // this one never answered
    await (ws.readyState === WebSocket.CLOSED ? undefined : once(ws, 'close'));
    expect(other.readyState).toBe(WebSocket.OPEN);
    other.close();
  });

  it('ends a session that does not answer pings, or says that it ends', async () => {
    const silent = await poll();
    await eventually(async () => expect((await silent.get()).status).toBe(400));
    const polite = await poll();
    const [last] = await Promise.all([polite.get(), polite.post('1')]);
    expect(await last.text()).toBe('6');
    expect((await polite.get()).status).toBe(400);
    const { ws } = await listen();
    ws.send('1');
    await once(ws, 'close');
  });

  it('takes text that is cut within a character', async () => {
    const session = await poll();
    await session.post('40');
    while (!(await (await session.get()).text()).includes('40{'));
    const bytes = Buffer.from('42["message","🐦"]');
    const body = ReadableStream.from([bytes.subarray(0, 16), bytes.subarray(16)]);
    expect(await (await session.post(body)).text()).toBe('ok');
    await eventually(async () => expect(await (await session.get()).text()).toContain('42["message-back","🐦"]'));
  });

  it.each([
    ['in its middle', '42["message","\xff"]'],
    ['at its end', '42["message","\xf0\x9f'],
  ])('ends a session of which something is no UTF-8 %s', async (_where, latin1) => {
    const bytes = new Uint8Array(Buffer.from(latin1, 'latin1'));
    const session = await poll();
    await session.post('40');
    expect((await session.post(bytes)).status).toBe(400);
    await eventually(async () => expect((await session.get()).status).toBe(400));
    const { ws } = await listen();
    ws.send(bytes, { binary: false });
    expect(await once(ws, 'close')).toContain(1007);
  });

  it('goes on when a body has two faults, or nobody reads it', async () => {
    const send = ({ sid }: { sid: string }, body: Uint8Array<ArrayBuffer>, type = 'text/plain') =>
      fetch(address(`${POLLING}&sid=${sid}`), { method: 'POST', body, headers: { 'content-type': type } });
    const octets = 'application/octet-stream';
    expect((await send(await poll(), new Uint8Array([4, 255]), octets)).status).toBe(400);
    expect((await send(await poll(), new Uint8Array(15_000).fill(97), octets)).status).toBe(400);
    const twice = await poll();
    const both = await Promise.allSettled([1, 2].map(() => send(twice, new Uint8Array(10_000).fill(255))));
    for (const one of both) if (one.status === 'fulfilled') expect(one.value.status).toBe(400);
    expect((await fetch(address(POLLING))).status).toBe(200);
  });

  it('knows no JSONP, and an upgrade that asks for it is one like any other', async () => {
    expect((await fetch(address(`${POLLING}&j=0`))).status).toBe(400);
    const { sid } = await poll();
    const { ws, next } = await listen(`EIO=4&transport=websocket&sid=${sid}&j=1`);
    ws.send('2probe');
    expect(await next()).toBe('3probe');
    ws.close();
  });

  it('upgrades a session once, and then takes it by WebSocket alone', async () => {
    const session = await poll();
    const query = `EIO=4&transport=websocket&sid=${session.sid}`;
    const { ws, next } = await listen(query);
    ws.send('2probe');
    expect(await next()).toBe('3probe');
    ws.send('5');
    await eventually(async () => expect((await session.get()).status).toBe(400));
    const { ws: second } = await listen(query).catch(() => ({ ws: undefined }));
    if (second) await (second.readyState === WebSocket.CLOSED ? undefined : once(second, 'close'));
    ws.send('40');
    while (!(await next()).startsWith('40{'));
    ws.close();
  });
});

describe('Socket.IO', () => {
  const open = (): Promise<RawSocket> => RawSocket.open(base);
  const join = async (namespace = ''): Promise<RawSocket> => {
    const socket = await open();
    socket.send(`40${namespace}`);
    await socket.waitFor((packet) => packet.startsWith(`40${namespace}{`));
    return socket;
  };

  it.each(['', '/custom,'])('connects to namespace "%s", with and without a payload', async (namespace) => {
    for (const payload of ['', '{"token":"123"}']) {
      const socket = await open();
      socket.send(`40${namespace}${payload}`);
      const accepted = await socket.waitFor((packet) => packet.startsWith('40'));
      expect(accepted).toMatch(new RegExp(`^40${namespace}\\{"sid":"[^"]+"\\}$`));
      const auth = await socket.waitFor((packet) => packet.startsWith('42'));
      expect(auth).toBe(`42${namespace}["auth",${payload === '' ? '{}' : payload}]`);
      socket.end();
    }
  });

  it('refuses a namespace that is not there', async () => {
    const socket = await open();
    socket.send('40/random');
    expect(await socket.waitFor((packet) => packet.startsWith('44'))).toContain('44/random,{"message":"');
    socket.end();
  });

  it.each(['4', '4abc', '49', '42["message"]', '420[]', '42{}', '42abc["message"]', '43'])(
    'ends a connection that begins with %s',
    async (packet) => {
      const socket = await open();
      socket.send(packet);
      await socket.waitForClose();
    },
  );

  it.each(['4abc', '49', '42{}', '42abc["message-with-ack",1]'])(
    'ends a connection that goes on with %s',
    async (packet) => {
      const socket = await join();
      socket.send(packet);
      await socket.waitForClose();
    },
  );

  it('carries text and acks, in each namespace its own', async () => {
    for (const namespace of ['', '/custom,']) {
      const socket = await join(namespace);
      socket.send(`42${namespace}["message",1,"2",{"3":[true]}]`);
      expect(await socket.waitFor((packet) => packet.includes('message-back'))).toBe(
        `42${namespace}["message-back",1,"2",{"3":[true]}]`,
      );
      socket.send(`42${namespace}456["message-with-ack",1,"2",{"3":[false]}]`);
      expect(await socket.waitFor((packet) => packet.startsWith('43'))).toBe(`43${namespace}456[1,"2",{"3":[false]}]`);
      socket.end();
    }
  });

  it('carries bytes, with and without an ack', async () => {
    for (const [head, reply] of [
      ['452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', '452-["message-back",'],
      ['452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', '462-789['],
    ] as const) {
      const socket = await join();
      const bytes: Buffer[] = [];
      socket.ws.on('message', (data, binary) => binary && bytes.push(data as Buffer));
      socket.send(head);
      socket.send(Buffer.from([1, 2, 3]));
      socket.send(Buffer.from([4, 5]));
      expect(await socket.waitFor((packet) => packet.startsWith(reply))).toBe(
        `${reply}{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`,
      );
      await eventually(() => expect(bytes).toEqual([Buffer.from([1, 2, 3]), Buffer.from([4, 5])]));
      socket.end();
    }
  });

  it('leaves one namespace and stays in another', async () => {
    const socket = await join();
    socket.send('40/custom');
    await socket.waitFor((packet) => packet.startsWith('40/custom,'));
    socket.send('41/custom');
    socket.send('42["message","still here"]');
    await socket.waitFor((packet) => packet === '42["message-back","still here"]');
    socket.end();
  });
});
