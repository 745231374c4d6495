import { readFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { expectProblem, outcome } from '../support/expectations.js';
import type { Reply } from '../support/http.js';
import { unique } from '../support/names.js';
import { PASSWORD, Visitor, type Person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';

// Every limit counts by address, and all of this comes from one: each attack has a server of its own.
let server: Topology;
let ann: Person;
beforeEach(async () => {
  server = await startTopology({ embedded: true, env: { RATE_LIMIT: 'on' } });
  ann = await new Visitor(server.gateways).register(unique('ann'));
});
afterEach(() => server?.stop());

const login = (username: string, password: string, headers: Record<string, string> = {}): Promise<Reply> =>
  new Visitor(server.gateways).http('POST', '/auth/login', { username, password }, { headers });
const count = (replies: Reply[], code: string): number => replies.filter((reply) => outcome(reply) === code).length;

describe('Guessing', () => {
  it('[A4] one person’s password ends after ten, also when all guesses are made at once', async () => {
    const replies = await Promise.all(Array.from({ length: 30 }, (_, i) => login(ann.user.username, `guess ${i}`)));
    expect(count(replies, 'invalid_credentials')).toBe(10);
    expect(count(replies, 'rate_limited')).toBe(20);
    // the right one is no longer found by guessing either, and another spelling is no way around
    for (const name of [ann.user.username, ann.user.username.toUpperCase()])
      expectProblem(await login(name, PASSWORD), 'rate_limited');
  });

  it('[A4] with a stolen token for the password behind it ends as well', async () => {
    const guess = (i: number): Promise<Reply> =>
      ann.http('POST', '/auth/password', { currentPassword: `guess ${i}`, newPassword: 'an even longer password' });
    const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => guess(i)));
    // each tries two passwords: the new one may be the password already
    expect(count(replies, 'invalid_credentials')).toBe(5);
    expect(count(replies, 'rate_limited')).toBe(15);
  });

  it('[A5] one password over many names ends after a hundred', async () => {
    const replies = await Promise.all(Array.from({ length: 120 }, () => login(unique('someone'), 'spring-of-2026')));
    expect(count(replies, 'invalid_credentials')).toBe(100);
    expect(count(replies, 'rate_limited')).toBe(20);
  });

  it('[A6] is not begun again with forged addresses', async () => {
    const forged = (i: number): Record<string, string> => {
      const address = `198.51.100.${i}`;
      return {
        'x-forwarded-for': i % 2 ? address : `${address}, 127.0.0.1`,
        'x-real-ip': address,
        forwarded: `for=${address}`,
        'x-client-ip': address,
        'cf-connecting-ip': address,
        'true-client-ip': address,
      };
    };
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) => login(ann.user.username, `guess ${i}`, forged(i + 1))),
    );
    expect(count(replies, 'rate_limited')).toBe(10);
  });

  it('[A7] locks nobody out: who is signed in stays in, others at the same address sign in', async () => {
    const ben = await new Visitor(server.gateways).register(unique('ben'));
    for (let i = 0; i < 12; i++) await login(ann.user.username, `guess ${i}`);
    expect((await ann.http('GET', '/users/me')).status).toBe(200);
    const { auth } = ann;
    expect((await ann.http('POST', '/auth/refresh', { refreshToken: auth.refreshToken })).status).toBe(200);
    expect((await login(ben.user.username, PASSWORD)).status).toBe(200);
  });
});

describe.each(['loopback', '1'])('Behind a proxy that is trusted (TRUST_PROXY=%s)', (TRUST_PROXY) => {
  beforeEach(async () => {
    await server.stop();
    server = await startTopology({ embedded: true, env: { RATE_LIMIT: 'on', TRUST_PROXY } });
    ann = await new Visitor(server.gateways).register(unique('ann'));
  });

  it('[A7] guesses from one address do not lock the owner out at another', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    for (let i = 0; i < 12; i++) await login(ann.user.username, `guess ${i}`, from('198.51.100.7'));
    expectProblem(await login(ann.user.username, PASSWORD, from('198.51.100.7')), 'rate_limited');
    expect((await login(ann.user.username, PASSWORD, from('203.0.113.9'))).status).toBe(200);
  });

  it('[A6] what a client adds before the proxy’s own entry counts for nothing', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        login(ann.user.username, `guess ${i}`, { 'x-forwarded-for': `192.0.2.${i}, 198.51.100.7` }),
      ),
    );
    expect(count(replies, 'rate_limited')).toBe(10);
  });
});

describe('The database', () => {
  it('[A8] has passwords as argon2id of 19 MiB and two passes at least, each with a salt, and no token', async () => {
    await new Visitor(server.gateways).register(unique('ben'));
    await server.kill('monolith', 'SIGTERM');
    const file = path.join(server.folder, 'data', 'dunlin.sqlite');
    const db = new Database(file);
    const hashes = (db.prepare('SELECT passwordHash FROM users').all() as { passwordHash: string }[]).map(
      ({ passwordHash }) => passwordHash,
    );
    db.close();
    expect(hashes).toHaveLength(2);
    for (const hash of hashes) {
      const [, m, t, p] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(hash) ?? [];
      expect(Number(m)).toBeGreaterThanOrEqual(19 * 1024);
      expect(Number(t)).toBeGreaterThanOrEqual(2);
      expect(Number(p)).toBe(1);
    }
    expect(hashes[0]?.split('$')[4]).not.toBe(hashes[1]?.split('$')[4]);
    const bytes = readFileSync(file).toString('latin1');
    for (const secret of [PASSWORD, ann.token, ann.auth.refreshToken]) expect(bytes).not.toContain(secret);
  });
});
