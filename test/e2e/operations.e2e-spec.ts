import { eventually, expectProblem } from '../support/expectations.js';
import { request } from '../support/http.js';
import { picture } from '../support/images.js';
import { befriend, friends, person } from '../support/person.js';
import { sharedServer } from '../support/server.js';
import { startTopology } from '../support/topology.mjs';

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
  components: { schemas: Record<string, unknown> };
}

const each = sharedServer().gateways.map((base) => [base]);

describe.each(each)('The gateway at %s', (base) => {
  it('is alive and ready', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      const reply = await request(base, 'GET', path);
      expect(reply.status).toBe(200);
      expect(reply.headers.get('content-type')).toMatch(/json/);
    }
  });

  it('tells its figures in the Prometheus format', async () => {
    const reply = await request(base, 'GET', '/metrics');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(reply.text).toMatch(/^# HELP \w+ /m);
    expect(reply.text).toMatch(/^# TYPE process_cpu_seconds_total counter$/m);
    for (const line of reply.text.split('\n').filter((one) => one !== '' && !one.startsWith('#')))
      expect(line).toMatch(/^[a-zA-Z_:][\w:]*(\{.*\})? [-+]?(\d|Inf|NaN)/);
  });

  it('describes its HTTP API', async () => {
    const reply = await request<OpenApi>(base, 'GET', '/api/openapi.json');
    expect(reply.status).toBe(200);
    expect(reply.body.openapi).toMatch(/^3\./);
    const operations = Object.entries(reply.body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    for (const known of [
      'POST /api/v1/auth/register',
      'GET /api/v1/users/{id}',
      'POST /api/v1/friend-requests/{id}/accept',
      'PATCH /api/v1/groups/{id}/members/{userId}',
      'GET /api/v1/conversations/{id}/messages',
      'GET /api/v1/media/{id}/thumbnail',
    ])
      expect(operations).toContain(known);
    for (const methods of Object.values(reply.body.paths))
      for (const { responses } of Object.values(methods))
        expect(Object.values(responses).some(({ content }) => content && 'application/problem+json' in content)).toBe(
          true,
        );
  });

  it('describes its events', async () => {
    const reply = await request<{ asyncapi: string; operations: object }>(base, 'GET', '/api/asyncapi.json');
    expect(reply.status).toBe(200);
    expect(reply.body.asyncapi).toMatch(/^3\./);
    expect(Object.keys(reply.body.operations).length).toBeGreaterThanOrEqual(17);
  });

  it('shows the API in a browser, with all that the page needs coming from the server itself', async () => {
    const page = await request(base, 'GET', '/api/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] as string);
    expect(sources.length).toBeGreaterThan(2);
    const script = page.headers.get('content-security-policy') ?? '';
    expect(script).toContain("script-src 'self'");
    for (const source of sources) {
      const url = new URL(source, `${base}/api/docs/`);
      expect(url.origin).toBe(base);
      const reply = await request(base, 'GET', url.pathname.replace('/api/docs/./', '/api/docs/'));
      expect({ source, status: reply.status }).toEqual({ source, status: 200 });
    }
  });

  it('answers CORS for a page on this machine and for no other', async () => {
    const preflight = (origin: string) =>
      request(base, 'OPTIONS', '/api/v1/users/me', undefined, {
        headers: {
          origin,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization',
        },
      });
    const own = await preflight('http://localhost:5173');
    expect(own.status).toBe(204);
    expect(own.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(own.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(own.headers.get('access-control-allow-headers')).toContain('authorization');
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example'])
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    const plain = await request(base, 'GET', '/health/live', undefined, {
      headers: { origin: 'https://evil.example' },
    });
    expect(plain.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('takes no more on health and figures than reading', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics'])
      for (const method of ['POST', 'DELETE']) expectProblem(await request(base, method, path), 'not_found');
  });
});

const { kind, pids } = sharedServer();
if (kind === 'split')
  it('A gateway is ready only while the message service answers', async () => {
    const ready = (status: number): Promise<void> =>
      eventually(async () => {
        for (const [base] of each) expect((await request(base as string, 'GET', '/health/ready')).status).toBe(status);
      });
    process.kill(pids['message'] as number, 'SIGSTOP');
    try {
      await ready(503);
    } finally {
      process.kill(pids['message'] as number, 'SIGCONT');
    }
    await ready(200);
  });

it('A server is ready without its media store: texts go on, and it says what is missing', async () => {
  const nowhere = 's3://key:secret@pictures?endpoint=http://127.0.0.1:9';
  const server = await startTopology({ embedded: true, env: { MEDIA_URL: nowhere } });
  const ann = await person('ann', server.gateways);
  const ben = await person('ben', server.gateways);
  await befriend(ann, ben);
  expect(await (await ann.connect()).say({ toUserId: ben.id }, 'without a picture')).toMatchObject({ seq: 1 });
  expectProblem(await ann.upload(await picture('png', 20, 20), 'x.png'), 'unavailable');
  const { status, body } = await request<{ checks: object }>(ann.base, 'GET', '/health/ready');
  expect([status, body.checks]).toEqual([200, { database: 'up', media: 'down' }]);
  await server.stop();
}, 120_000);

it('The figures count what happens', async () => {
  const [ann, ben] = await friends();
  const device = await ann.connect({ gateway: 0 });
  await device.say({ toUserId: ben.id }, 'count me');
  await eventually(async () => {
    const { text } = await request(sharedServer().gateways[0] as string, 'GET', '/metrics');
    expect(text).toMatch(/^dunlin_\w+(\{.*\})? [1-9]/m);
    // nobody's name or id is a label
    expect(text).not.toContain(ann.id);
    expect(text).not.toContain(ann.user.username);
  });
});

it('Every answer has headers that keep browsers careful', async () => {
  const ann = await person();
  const { headers } = await ann.http('GET', '/users/me');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(headers.get('x-frame-options') ?? headers.get('content-security-policy')).toBeTruthy();
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});
