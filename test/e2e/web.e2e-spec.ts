import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectProblem } from '../support/expectations.js';
import { request, type Reply } from '../support/http.js';
import { sharedServer } from '../support/server.js';
import { startTopology } from '../support/topology.mjs';

const SCRIPT = '/assets/chat-C0ffee12.js';
const each = sharedServer().gateways.map((base) => [base]);

describe.each(each)('The web chat from the gateway at %s', (base) => {
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> =>
    request(base, method, path, undefined, { headers });
  const navigate = (path: string): Promise<Reply> =>
    get(path, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-encoding': 'br' });

  it('is a page at the root and at every address inside of the chat', async () => {
    for (const path of ['/', '/index.html', '/c/0190', '/settings/devices?from=menu']) {
      const page = await navigate(path);
      expect({ path, status: page.status, type: page.headers.get('content-type') }).toEqual({
        path,
        status: 200,
        type: 'text/html; charset=utf-8',
      });
      expect(page.text).toContain('<title>A flock</title>');
    }
  });

  it('gives each answer a nonce of its own, the same in the header and in the page, and asks nobody to keep it', async () => {
    const nonces = new Set<string>();
    for (let turn = 0; turn < 3; turn++) {
      const page = await navigate('/');
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(page.headers.get('content-security-policy') ?? '') ?? [];
      expect(nonce.length).toBeGreaterThanOrEqual(22); // 128 bits: CSP level 3, section 7.1
      expect(page.text.split(`nonce="${nonce}"`)).toHaveLength(3);
      expect(page.text).not.toContain('__CSP_NONCE__');
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.headers.get('etag')).toBeNull();
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });

  it('may run nothing but its own, be framed by nobody and send nothing elsewhere', async () => {
    const { headers } = await navigate('/');
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split('; ').map((one) => {
        const [name = '', ...sources] = one.split(' ');
        return [name, sources.join(' ')];
      }),
    );
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toMatch(/^'self' 'nonce-[^' ]+'$/);
    expect(policy.get('style-src')).toMatch(/^'self' 'nonce-[^' ]+'$/);
    for (const name of ['object-src', 'base-uri', 'frame-ancestors']) expect(policy.get(name)).toBe("'none'");
    expect(policy.get('connect-src')).toBe("'self'");
    expect(policy.get('form-action')).toBe("'self'");
    expect(policy.get('require-trusted-types-for')).toBe("'script'");
    expect([...policy.values()].join(' ')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('microphone=()');
  });

  it('has files that a browser keeps for ever when their name changes with them, and asks about otherwise', async () => {
    const script = await get(SCRIPT);
    expect(script.status).toBe(200);
    expect(script.headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const icon = await get('/favicon.svg');
    expect(icon.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(icon.headers.get('cache-control')).toBe('no-cache');
    const etag = icon.headers.get('etag') as string;
    expect(etag).toBeTruthy();
    // said, or fetch adds a no-cache
    const again = await get('/favicon.svg', { 'if-none-match': etag, 'cache-control': 'max-age=0' });
    expect(again.status).toBe(304);
  });

  it('sends a file in the form that the browser takes, as the build has compressed it', async () => {
    const plain = await get(SCRIPT, { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const etags = new Set([plain.headers.get('etag')]);
    for (const encoding of ['br', 'gzip']) {
      const reply = await get(SCRIPT, { 'accept-encoding': encoding });
      expect(reply.headers.get('content-encoding')).toBe(encoding);
      expect(reply.headers.get('vary')).toMatch(/accept-encoding/i);
      expect(Number(reply.headers.get('content-length'))).toBeLessThan(plain.text.length / 10);
      expect(reply.text).toBe(plain.text);
      etags.add(reply.headers.get('etag'));
    }
    expect(etags.size).toBe(3);
  });

  it('answers HEAD as GET, without the body', async () => {
    for (const path of ['/', SCRIPT]) {
      const [head, whole] = [await get(path, {}, 'HEAD'), await get(path)];
      expect({ path, status: head.status, text: head.text }).toEqual({ path, status: 200, text: '' });
      for (const name of ['content-type', 'cache-control', 'etag'])
        expect(head.headers.get(name)).toBe(whole.headers.get(name));
    }
  });

  it('has no page for what is missing, hidden or outside, but an error like every other', async () => {
    for (const path of [
      '/assets/gone-12345678.js',
      '/assets/',
      '/assets',
      '/favicon.png',
      '/.hidden',
      '/assets/../.hidden',
      '/assets/%2e%2e/.hidden',
      '/..%2f..%2fpackage.json',
      '//package.json',
      '/%00',
      '/%E0%A4%A',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    expectProblem(await navigate('/assets/gone-12345678.js'), 'not_found');
    expectProblem(await get('/nothing', { accept: 'application/json' }), 'not_found');
  });

  it('leaves the server’s own addresses alone, also for a browser', async () => {
    for (const path of ['/api', '/api/v1/nothing', '/api/v2/users/me', '/health', '/health/nothing'])
      expectProblem(await navigate(path), 'not_found');
    expect((await navigate('/health/ready')).headers.get('content-type')).toMatch(/json/);
    for (const method of ['POST', 'PUT', 'DELETE']) expectProblem(await get('/', {}, method), 'not_found');
  });
});

describe('A gateway without a web chat', () => {
  const rootOf = async (webDir: string): Promise<Reply> => {
    const server = await startTopology({ embedded: true, env: { WEB_DIR: webDir } });
    try {
      return await request(server.gateways[0] as string, 'GET', '/');
    } finally {
      await server.stop();
    }
  };

  it('says how to build it where it was not built', async () => {
    const page = await rootOf(join(tmpdir(), 'dunlin-never-built'));
    expect(page.status).toBe(503);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.text).toContain('npm run build:web');
  });

  it('has nothing at its root where it is not wanted', async () => {
    expectProblem(await rootOf('off'), 'not_found');
  });
});
