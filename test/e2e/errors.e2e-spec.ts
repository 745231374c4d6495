import { gzipSync } from 'node:zlib';
import type { Problem } from '@dunlin/contracts/wire';
import { expectProblem, outcome } from '../support/expectations.js';
import type { Reply } from '../support/http.js';
import { nobody } from '../support/names.js';
import { befriend, person, Visitor, type Person } from '../support/person.js';
import { sendBytes, type RawReply } from '../support/raw-http.js';

let ann: Person;
beforeAll(async () => {
  ann = await person();
});

const raw = (body: string | Buffer, type?: string, path = '/groups', method = 'POST'): Promise<Reply> =>
  ann.http(method, path, undefined, { raw: body, headers: type === undefined ? {} : { 'content-type': type } });
const json = (body: string, path?: string, method?: string): Promise<Reply> =>
  raw(body, 'application/json', path, method);

const send = (bytes: string): Promise<RawReply> => sendBytes(ann.base, bytes);

describe('An HTTP error is problem details of RFC 9457', () => {
  it('where there is no such route, whatever the method', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['POST', '/nothing'],
      ['DELETE', '/groups'],
      ['PUT', '/users/me'],
      ['PATCH', '/auth/login'],
      ['GET', '/auth/register'],
      ['GET', '/'],
      ['GET', '/../../../etc/passwd'],
      ['GET', '/users/me/../../..%2f'],
    ] as const)
      expectProblem(await ann.http(method, path), 'not_found');
    expectProblem(await new Visitor().http('GET', '/nothing'), 'not_found');
  });

  it('for an expectation that nobody meets', async () => {
    const reply = await send(
      'GET /api/v1/users/me HTTP/1.1\r\nhost: x\r\nexpect: a miracle\r\nconnection: close\r\n\r\n',
    );
    expect(reply.status).toBe(417);
    expect(reply.head).toMatch(/content-type: application\/problem\+json/i);
    expect(reply.body).toContain('"code":"validation_failed"');
  });

  it('and OPTIONS that asks for no preflight is none', async () => {
    for (const path of ['/users/me', '/auth/login', '/nothing'])
      for (const headers of [{}, { origin: 'http://localhost:5173' }] as Record<string, string>[]) {
        const reply = await ann.http('OPTIONS', path, undefined, { headers });
        expect({ path, status: reply.status, text: reply.text }).toEqual({ path, status: 204, text: '' });
      }
  });

  it('outside the API too', async () => {
    const { request } = await import('../support/http.js');
    for (const path of ['/nothing', '/api', '/api/v2/users/me', '/health', '/.env', '/.git/config', '/package.json'])
      expectProblem(await request(ann.base, 'GET', path), 'not_found');
  });

  it.each([
    ['cut off', '{"name":"x"'],
    ['no JSON at all', 'name=x'],
    ['empty', ''],
    ['a lone bracket', '['],
    ['in single quotes', "{'name':'x'}"],
    ['with a comment', '{"name":"x"/*!*/}'],
    ['that is NaN', 'NaN'],
    ['with a raw control character', '{"name":"a\u0001b"}'],
    ['nested ten thousand times', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['of another encoding', Buffer.from('\ufeff{"name":"x"}', 'utf16le').toString('latin1')],
  ])('for a body that is %s', async (_what, body) => {
    expectProblem(await json(body), 'validation_failed');
  });

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a list of bodies', '[{"name":"x","joinPolicy":"open"}]'],
    ['a text', '"x"'],
    ['a number', '7'],
    ['true', 'true'],
  ])('for a body that is %s instead of an object', async (_what, body) => {
    const reply = await json(body);
    expectProblem(reply, 'validation_failed');
    expect((reply.body as Problem).errors).toEqual([{ path: '', message: 'must be an object' }]);
  });

  it.each([
    ['__proto__', '{"name":"x","joinPolicy":"open","__proto__":{"isAdmin":true}}'],
    ['constructor.prototype', '{"name":"x","joinPolicy":"open","constructor":{"prototype":{"isAdmin":true}}}'],
    ['toString', '{"name":"x","joinPolicy":"open","toString":"x"}'],
    ['hasOwnProperty', '{"name":"x","joinPolicy":"open","hasOwnProperty":1}'],
    ['an empty name', '{"name":"x","joinPolicy":"open","":1}'],
  ])('for a field called %s, which changes nothing', async (_what, body) => {
    expectProblem(await json(body), 'validation_failed');
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it('for half a surrogate pair and for NUL, escaped or not', async () => {
    for (const name of ['\\ud83d', 'a\\udc00b', '\\u0000', 'a\\u0000'])
      expectProblem(await json(`{"name":"${name}","joinPolicy":"open"}`), 'validation_failed', 'name');
    const broken = Buffer.concat([
      Buffer.from('{"name":"'),
      Buffer.from([0xff, 0xfe, 0xc0]),
      Buffer.from('","joinPolicy":"open"}'),
    ]);
    expectProblem(await raw(broken, 'application/json'), 'validation_failed');
  });

  it('for a query that is no UTF-8', async () => {
    for (const q of ['%ff', 'a%c0%80', '%', '%zz', '%ed%a0%80'])
      expectProblem(await ann.http('GET', `/users?q=${q}`), 'validation_failed');
    expect((await ann.http('GET', '/users?q=%e2%98%83+a')).status).toBe(200);
  });

  it('for fields that a route does not know, also where it takes none at all', async () => {
    const { body: group } = await json('{"name":"x","joinPolicy":"open"}');
    const { id } = group as { id: string };
    expectProblem(await ann.http('GET', '/users/me?x=1'), 'validation_failed', 'x');
    expectProblem(await ann.http('GET', '/friends?limit=5&x=1'), 'validation_failed', 'x');
    expectProblem(await json('{"name":"x","joinPolicy":"open"}', '/groups?x=1'), 'validation_failed', 'x');
    expectProblem(await json('{"x":1}', `/groups/${id}/leave`), 'validation_failed', 'x');
    expectProblem(await json('{"x":1}', `/groups/${id}`, 'DELETE'), 'validation_failed', 'x');
    expectProblem(await ann.http('GET', '/media/none?size=1'), 'validation_failed', 'size');
    expect((await json('{}', `/groups/${id}`, 'DELETE')).status).toBe(204);
  });

  it.each([
    ['text/plain', 'hello'],
    ['application/xml', '<x/>'],
    ['application/x-www-form-urlencoded', 'name=x&joinPolicy=open'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/octet-stream', 'x'],
    ['nonsense', 'x'],
  ])('for a body of type %s', async (type, body) => {
    expectProblem(await raw(body, type), 'unsupported_media');
  });

  it('for a body that is packed', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    for (const body of [gzipSync('{"name":"x","joinPolicy":"open"}'), '{"name":"x","joinPolicy":"open"}'])
      expectProblem(await ann.http('POST', '/groups', undefined, { raw: body, headers }), 'unsupported_media');
    const form = new FormData();
    form.append('file', new Blob(['x']), 'x.txt');
    const upload = { raw: form, headers: { 'content-encoding': 'br' } };
    expectProblem(await ann.http('POST', '/media', undefined, upload), 'unsupported_media');
    const plain = { raw: '{"name":"x","joinPolicy":"open"}', headers: { ...headers, 'content-encoding': 'identity' } };
    expect((await ann.http('POST', '/groups', undefined, plain)).status).toBe(201);
  });

  it('takes JSON with a charset, which is UTF-8', async () => {
    expectProblem(
      await raw('{"name":"x","joinPolicy":"open"}', 'application/json; charset=utf-16'),
      'unsupported_media',
    );
    expectProblem(await json('null', '/users/me', 'PATCH'), 'validation_failed');
    expect((await raw('{"name":"x","joinPolicy":"open"}', 'application/json; charset=utf-8')).status).toBe(201);
  });

  it('for a body of more than 256 KiB, which need not come to its end', async () => {
    const limit = 256 * 1024;
    const padded = (size: number): string => {
      const start = '{"name":"x","joinPolicy":"';
      return `${start}${'x'.repeat(size - start.length - 2)}"}`;
    };
    expectProblem(await json(padded(limit)), 'validation_failed', 'joinPolicy');
    expectProblem(await json(padded(limit + 1)), 'payload_too_large');
    const head = `POST /api/v1/groups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\nContent-Type: application/json\r\n`;
    for (const rest of [
      `Content-Length: ${50 * 1024 * 1024}\r\n\r\n"abc`,
      `Transfer-Encoding: chunked\r\n\r\n${limit.toString(16)}\r\n${'"'.padEnd(limit, 'x')}\r\n5\r\nabcde\r\n`,
    ]) {
      const answer = await send(head + rest);
      expect(answer.status).toBe(413);
      expect(answer.body).toContain('"code":"payload_too_large"');
    }
  });

  it('for an id that cannot be one', async () => {
    for (const id of ['%20', '%2e%2e%2f', 'x'.repeat(65), '%F0%9F%90%A7', "1'--", '%3Cscript%3E', 'x'.repeat(1000)])
      for (const path of [`/users/${id}`, `/groups/${id}`, `/conversations/${id}`, `/media/${id}`])
        expectProblem(await ann.http('GET', path), 'not_found');
  });

  it('for a path that is no text', async () => {
    const reply = await ann.http('GET', '/users/%E0%A4%A');
    expect(['not_found', 'validation_failed']).toContain(outcome(reply));
    expectProblem(reply, outcome(reply) as 'not_found');
  });

  it('for a query that is huge', async () => {
    expectProblem(await ann.http('GET', `/users?q=${'a'.repeat(8000)}`), 'validation_failed', 'q');
  });

  it('for bytes that are no HTTP', async () => {
    for (const bytes of [
      'HELLO\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
    ]) {
      const { status, head, body } = await send(bytes);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(head.toLowerCase()).not.toMatch(/server:|x-powered-by/);
      expect(body).not.toMatch(/node|fastify|parse|hpe_/i);
    }
  });
});

describe('What an error says', () => {
  it('never repeats what was sent', async () => {
    const secret = 'kD93-secret-value';
    for (const reply of [
      await ann.http('POST', '/groups', { name: { secret }, joinPolicy: secret }),
      await json(`{"name":"${secret}`),
      await new Visitor().http('POST', '/auth/login', { username: secret, password: secret }),
      await new Visitor().http('POST', '/auth/refresh', { refreshToken: secret }),
      await ann.http('GET', `/users?q=a&cursor=${secret}`),
      await ann.http('GET', `/users/${secret}.${secret}`),
      await ann.http('GET', `/nothing/${secret}?${secret}`),
      await new Visitor().http('GET', '/users/me', undefined, { token: secret }),
    ]) {
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.text).not.toContain(secret);
    }
  });

  it('carries the trace id that the caller gave, and one of its own otherwise', async () => {
    const headers = { 'x-trace-id': 'trace-me-12345678' };
    const reply = await ann.http<Problem>('GET', `/users/${nobody()}`, undefined, { headers });
    expect(reply.body.traceId).toBe('trace-me-12345678');
    expect(reply.headers.get('x-trace-id')).toBe('trace-me-12345678');
    for (const bad of ['x', '<script>', 'a'.repeat(500)]) {
      const other = await ann.http<Problem>('GET', `/users/${nobody()}`, undefined, { headers: { 'x-trace-id': bad } });
      expect(other.body.traceId).toMatch(/^[\w-]{8,64}$/);
      expect(other.body.traceId).not.toBe(bad);
    }
  });

  it('does not tell what the server is made of', async () => {
    const reply = await ann.http('GET', '/users/me');
    expect(reply.headers.get('server')).toBeNull();
    expect(reply.headers.get('x-powered-by')).toBeNull();
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

it('After all this the server is as it was', async () => {
  expect(await ann.ok('GET', '/users/me')).toEqual(ann.user);
  const device = await ann.connect();
  await device.settle();
});

describe('A request without a body that names a type of one', () => {
  it('works where no body is needed', async () => {
    const [bob, cid] = [await person(), await person()];
    await befriend(ann, bob);
    const group = await ann.ok<{ id: string }>('POST', '/groups', { name: 'Open', joinPolicy: 'open' });
    const empty = (who: Person, method: string, path: string): Promise<Reply> =>
      who.http(method, path, undefined, { raw: '', headers: { 'content-type': 'application/json' } });
    expect((await empty(ann, 'DELETE', `/friends/${bob.id}`)).status).toBe(204);
    expect((await empty(ann, 'PUT', `/blocks/${bob.id}`)).status).toBe(204);
    expect((await empty(ann, 'DELETE', `/blocks/${bob.id}`)).status).toBe(204);
    expect((await empty(cid, 'POST', `/groups/${group.id}/join`)).body).toEqual({ status: 'joined' });
    expect((await empty(cid, 'POST', `/groups/${group.id}/leave`)).status).toBe(204);
    expect((await empty(cid, 'POST', '/auth/logout')).status).toBe(204);
  });

  it.each([
    ['POST', '/groups', 'name'],
    ['POST', '/auth/login', 'username'],
    ['POST', '/conversations/direct', 'userId'],
    ['PUT', '/conversations/none/read', 'seq'],
  ])('is told what is missing where one is: %s %s', async (method, path, field) => {
    const reply = await json('', path, method);
    expectProblem(reply, 'validation_failed');
    expect((reply.body as Problem).errors?.map((error) => error.path)).toContain(field);
  });

  it('is told so as well when it sends a message', async () => {
    const { conversationId } = await ann.makeGroup();
    const reply = await json('', `/conversations/${conversationId}/messages`);
    expectProblem(reply, 'validation_failed');
    expect((reply.body as Problem).errors).not.toHaveLength(0);
  });
});
