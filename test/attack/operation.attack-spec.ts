import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expectProblem, outcome } from '../support/expectations.js';
import { request, type Reply } from '../support/http.js';
import { newClientMsgId, unique } from '../support/names.js';
import { friends, PASSWORD, Visitor, type Person } from '../support/person.js';
import { sendBytes } from '../support/raw-http.js';
import { sharedServer } from '../support/server.js';
import { startTopology, type Topology } from '../support/topology.mjs';

const [base] = sharedServer().gateways as [string];
const SECRET = 'Vb8kQm2xTz6Rw4Yc9Lf3Hn7Jd5Gs1Pa0';
const PAGE = 'https://chat.example.org';

let ann: Person;
let ben: Person;
let production: Topology;
beforeAll(async () => {
  [ann, ben] = await friends();
  production = await startTopology({
    embedded: true,
    env: { NODE_ENV: 'production', JWT_SECRET: SECRET, CORS_ORIGINS: PAGE, HOST: '127.0.0.1' },
  });
});
afterAll(() => production?.stop());
const live = (): string => production.gateways[0] as string;

describe('An address that a user chose', () => {
  let listener: Server;
  const asked: string[] = [];
  beforeAll(async () => {
    listener = createServer((incoming, response) => {
      asked.push(incoming.url ?? '');
      response.end('x');
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => listener.close(resolve)));

  it('[A71] is asked for nothing: not in a text, a picture, a name, an upload or a header', async () => {
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/x.png`;
    const device = await ann.connect();
    const send = (type: string, content: object) =>
      device.raw('message:send', { clientMsgId: newClientMsgId(), type, content, toUserId: ben.id });
    expect((await send('text', { text: `look: ${url} <img src="${url}">` })).ok).toBe(true);
    for (const content of [
      { data: url },
      { url },
      { mediaId: url },
      { media: { url } },
      { data: `data:image/svg+xml,<image href="${url}"/>` },
    ])
      for (const type of ['image', 'file']) expect((await send(type, content)).ok).toBe(false);
    for (const body of [{ avatarMediaId: url }, { avatarUrl: url }, { displayName: url }])
      await ann.http('PATCH', '/users/me', body);
    await ann.upload(Buffer.from(`#EXTM3U\n${url}\n`), 'x.m3u8');
    await ann.upload(
      Buffer.from(`<svg xmlns:x="http://www.w3.org/1999/xlink"><image x:href="${url}"/></svg>`),
      'x.png',
    );
    await ann.http('GET', '/users/me', undefined, {
      headers: { 'x-forwarded-host': new URL(url).host, referer: url, host: 'x', 'x-original-url': url },
    });
    await ann.http('GET', `/media/${encodeURIComponent(url)}`);
    await device.settle();
    expect(asked).toEqual([]);
  });
});

describe('A page of another origin', () => {
  const preflight = (origin: string, at = live()): Promise<Reply> =>
    request(at, 'OPTIONS', '/api/v1/users/me', undefined, {
      headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization' },
    });

  it('[A72] is allowed by the list alone, which no look-alike is on', async () => {
    expect((await preflight(PAGE)).headers.get('access-control-allow-origin')).toBe(PAGE);
    const others = [
      'https://evil.example',
      'null',
      `${PAGE}.evil.example`,
      `${PAGE}:8443`,
      PAGE.replace('https', 'http'),
      'https://xchat.example.org',
      'https://a.chat.example.org',
      'https://chatXexample.org',
      PAGE.toUpperCase(),
      `${PAGE}/`,
      'http://localhost:5173',
      'http://127.0.0.1',
      '*',
      '',
    ];
    for (const origin of others)
      for (const at of ['https://evil.example', 'null'].includes(origin) ? [live(), base] : [live()]) {
        const reply = await preflight(origin, at);
        expect([origin, reply.headers.get('access-control-allow-origin')]).toEqual([origin, null]);
        const plain = await request(at, 'GET', '/health/live', undefined, { headers: { origin } });
        expect(plain.headers.get('access-control-allow-origin')).toBeNull();
        expect(plain.headers.get('access-control-allow-credentials')).toBeNull();
      }
    expect((await preflight(PAGE)).headers.get('access-control-allow-credentials')).toBeNull();
    expect((await preflight(PAGE)).headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  it('[A76] has no cookie to ride on, and no form that is understood', async () => {
    const login = await new Visitor().http('POST', '/auth/login', { username: ann.user.username, password: PASSWORD });
    expect(login.status).toBe(200);
    for (const { headers } of [
      login,
      await ann.http('GET', '/users/me'),
      await request(base, 'GET', '/api/docs'),
      await request(base, 'GET', '/socket.io/?EIO=4&transport=polling'),
    ])
      expect(headers.get('set-cookie')).toBeNull();
    const cookie = `token=${ann.token}; session=${ann.auth.refreshToken}; io=x`;
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']) {
      const forged = await request(base, 'POST', '/api/v1/groups', undefined, {
        raw: '{"name":"x","joinPolicy":"open"}',
        headers: { 'content-type': type, cookie },
      });
      expect(['unauthenticated', 'unsupported_media']).toContain(outcome(forged));
      expectProblem(
        await ann.http('POST', '/groups', undefined, {
          raw: '{"name":"x","joinPolicy":"open"}',
          headers: { 'content-type': type },
        }),
        'unsupported_media',
      );
    }
  });
});

describe('In production', () => {
  it('[A73] documents and figures are closed unless asked for', async () => {
    for (const path of [
      '/api/docs',
      '/api/docs/',
      '/api/docs/swagger-ui-init.js',
      '/api/docs-json',
      '/api/openapi.json',
      '/api/openapi.yaml',
      '/api/asyncapi.json',
      '/metrics',
      '/metrics/',
      '/socket.io/socket.io.js',
    ])
      expect([path, (await request(live(), 'GET', path)).status >= 400]).toEqual([path, true]);
    expect((await request(live(), 'GET', '/health/ready')).status).toBe(200);
    const open = await startTopology({
      embedded: true,
      env: { NODE_ENV: 'production', JWT_SECRET: SECRET, HOST: '127.0.0.1', API_DOCS: 'on', METRICS: 'on' },
    });
    try {
      for (const path of ['/api/openapi.json', '/metrics'])
        expect((await request(open.gateways[0] as string, 'GET', path)).status).toBe(200);
    } finally {
      await open.stop();
    }
  });

  it('[A74] no answer tells a stack, a version or what the server is made of', async () => {
    const visitor = new Visitor(production.gateways);
    const who = await visitor.register(unique('who'));
    for (const reply of [
      await who.http('GET', '/users/me'),
      await who.http('GET', '/nothing'),
      await who.http('GET', '/users/%E0%A4%A'),
      await visitor.http('GET', '/users/me'),
      await who.http('POST', '/groups', undefined, { raw: '{', headers: { 'content-type': 'application/json' } }),
      await request(live(), 'GET', '/'),
      await request(live(), 'GET', '/health/ready'),
      await request(live(), 'GET', '/health/live'),
      await request(live(), 'GET', '/socket.io/?EIO=3&transport=polling'),
      await request(live(), 'GET', '/socket.io/?EIO=4&transport=nothing'),
    ]) {
      for (const name of ['server', 'x-powered-by', 'via', 'x-aspnet-version'])
        expect(reply.headers.get(name)).toBeNull();
      expect(reply.text).not.toMatch(
        /\bat \S+ \(|node_modules|\.[jt]s:\d|\d+\.\d+\.\d+|fastify|nest|express|typeorm|sqlite/i,
      );
      expect(reply.headers.get('x-content-type-options') ?? (reply.headers.get('content-type') || 'json')).toMatch(
        /nosniff|json|text\/plain/,
      );
    }
    expect((await who.http('GET', '/users/me')).headers.get('strict-transport-security')).toMatch(/max-age=\d{7,}/);
  });
});

describe('HTTP', () => {
  const auth = (): string => `Authorization: Bearer ${ann.token}\r\n`;

  it('[A75] that two readers could read in two ways is refused, and nothing is read behind it', async () => {
    const smuggled = 'GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nX-Smuggled: 1\r\n\r\n';
    const body = `5\r\nabcde\r\n0\r\n\r\n${smuggled}`;
    const requests = [
      `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
      `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${body}`,
      `Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`,
      `Content-Length: 5, 6\r\n\r\nabcdef`,
      `Content-Length: +5\r\n\r\nabcde`,
      `Content-Length: -1\r\n\r\n`,
      `Content-Length: 0x5\r\n\r\nabcde`,
      `Transfer-Encoding: xchunked\r\n\r\n${body}`,
      `Transfer-Encoding : chunked\r\n\r\n${body}`,
      `Transfer-Encoding: chunked, identity\r\n\r\n${body}`,
      `Transfer-Encoding:\x0bchunked\r\n\r\n${body}`,
      `X: y\nTransfer-Encoding: chunked\r\n\r\n${body}`,
      `X: a\r\n b\r\n\r\n`,
      `Transfer-Encoding: chunked\r\n\r\n5;\nabcde\r\n0\r\n\r\n`,
      `Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF1\r\nx`,
      `Transfer-Encoding: chunked\r\n\r\n-1\r\nx`,
      `X\0Y: z\r\n\r\n`,
      `: z\r\n\r\n`,
    ];
    for (const rest of requests) {
      const { status, body: text } = await sendBytes(
        base,
        `POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${rest}`,
      );
      expect([rest, status >= 400 && status < 500]).toEqual([rest, true]);
      // one answer: the request inside was none
      expect(text.split('HTTP/1.1 ')).toHaveLength(1);
    }
  });

  it('[A75] TRACE, CONNECT and made-up methods do nothing', async () => {
    for (const method of ['TRACE', 'TRACK', 'CONNECT', 'PROPFIND', 'DEBUG', 'GET\t', 'get']) {
      const reply = await sendBytes(
        base,
        `${method} /api/v1/users/me HTTP/1.1\r\nHost: x\r\n${auth()}X-Echo: echo-me\r\nConnection: close\r\n\r\n`,
      ).catch(() => undefined);
      expect([method, reply === undefined || Number.isNaN(reply.status) || reply.status >= 400]).toEqual([
        method,
        true,
      ]);
      expect(reply?.body ?? '').not.toContain('echo-me');
    }
    const { status } = await ann.http(
      'POST',
      '/users/me',
      {},
      { headers: { 'x-http-method-override': 'GET', 'x-http-method': 'GET', 'x-method-override': 'GET' } },
    );
    expect(status).toBe(404);
  });

  it('[A75] paths that are written oddly are guarded like any other', async () => {
    const odd = [
      '//api/v1/users/me',
      '/api//v1/users/me',
      '/api/v1/users/me/',
      '/api/v1/users/me//',
      '/API/V1/USERS/ME',
      '/api/v1/./users/me',
      '/api/v1/x/../users/me',
      '/api/v1/%75sers/me',
      '/api/v1/users%2fme',
      '/api/v1/users/me;x=1',
      '/api/v1/users/me%00',
      '/api/v1/users/me%20',
      '/api/v1/users/me?',
      '/api/v1/users/me#x',
      '/api/v1\\users\\me',
      '/%61pi/v1/users/me',
      'http://x/api/v1/users/me',
      '/api/v1/auth/login/../../users/me',
      '/health/live/../../api/v1/users/me',
      '/api/v1/users/me.json',
    ];
    for (const path of odd) {
      const { status, body } = await sendBytes(base, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect([path, [400, 401, 404].includes(status)]).toEqual([path, true]);
      expect(body).not.toContain('displayName');
    }
    const head = await request(base, 'HEAD', '/api/v1/users/me');
    expect(head.status).toBe(401);
  });
});
