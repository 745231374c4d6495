import type { TokenPair } from '@dunlin/contracts/wire';
import { spawnApp } from '../../tools/lib/processes.mjs';
import { appEntry } from '../../tools/lib/paths.mjs';
import { Device } from '../support/device.js';
import { eventually, expectNoConnection, expectProblem, outcome } from '../support/expectations.js';
import type { Reply } from '../support/http.js';
import { PASSWORD, person, Visitor, type Person } from '../support/person.js';

const refresh = (refreshToken: string, gateway = 0): Promise<Reply<TokenPair>> =>
  new Visitor(undefined, gateway).http('POST', '/auth/refresh', { refreshToken });

/** Neither its tokens nor new sockets, at no gateway. */
async function expectOver(who: Person, token = who.token): Promise<void> {
  await eventually(async () => {
    for (const base of who.gateways) {
      const reply = await new Visitor([base]).http('GET', '/users/me', undefined, { token });
      expect(outcome(reply)).toBe('session_revoked');
      await expectNoConnection(Device.connect(base, token), 'session_revoked');
    }
  });
}

describe('In production the server', () => {
  const strong = 'Vb8kQm2xTz6Rw4Yc9Lf3Hn7Jd5Gs1Pa0';
  /** How it ended, and what it said; `undefined` when it started. */
  const start = async (env: Record<string, string>): Promise<{ code: number | null; said: string }> => {
    const lines: string[] = [];
    const given = {
      NODE_ENV: 'production',
      PORT: '0',
      DATA_DIR: '/dev/null/dunlin',
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
    };
    const app = spawnApp({
      name: 'monolith',
      entry: appEntry('monolith'),
      env: { DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '', JWT_SECRET: '', CORS_ORIGINS: '', ...given, ...env },
      log: (line) => lines.push(line),
    });
    const { code } = await app.exited;
    return { code, said: lines.join('\n') };
  };

  it.each([
    ['none', ''],
    ['white space', '   '],
    ['a short one', strong.slice(1)],
    ['a well-known one', 'change-me-change-me-change-me-change-me'],
    ['the one of a tutorial', 'secret-secret-secret-secret-secret-secret'],
    ['a single letter', 'a'.repeat(64)],
    ['few letters', 'abcabcabc'.repeat(6)],
  ])('[A19] does not start with a secret that is %s, and does not repeat it', async (_what, secret) => {
    const { code, said } = await start({ JWT_SECRET: secret });
    expect(code).not.toBe(0);
    expect(said).toContain('JWT_SECRET');
    if (secret.trim() !== '') expect(said).not.toContain(secret);
  });

  it('[A19] takes a secret that nobody knows: it was the secret that it minded', async () => {
    // it goes on to its data folder, which cannot be made
    expect((await start({ JWT_SECRET: strong })).said).not.toContain('JWT_SECRET');
  });

  it('[A19] does not start with wildcard CORS, test handlers or failpoints either', async () => {
    for (const [name, value] of Object.entries({
      CORS_ORIGINS: '*',
      SOCKETIO_CONFORMANCE: '1',
      FAILPOINTS: 'x:exit',
    })) {
      const { code, said } = await start({ JWT_SECRET: strong, [name]: value });
      expect(code).not.toBe(0);
      expect(said).toContain(name);
    }
  });
});

describe('A session that has ended', () => {
  it('[A20] by signing out opens nothing any more: not its token, its refresh token, nor a socket', async () => {
    const ann = await person();
    expect((await ann.http('POST', '/auth/logout')).status).toBe(204);
    await expectOver(ann);
    expectProblem(await refresh(ann.auth.refreshToken), 'session_revoked');
    expectProblem(await ann.http('POST', '/auth/logout'), 'session_revoked');
  });

  it('[A21] by a password change at another device opens nothing any more, and its sockets are closed', async () => {
    const ann = await person();
    const thief = await ann.signInAgain();
    const devices = await Promise.all(ann.gateways.map((_, gateway) => thief.connect({ gateway })));
    const change = { currentPassword: PASSWORD, newPassword: 'a longer password of mine' };
    expect((await ann.http('POST', '/auth/password', change)).status).toBe(204);
    for (const device of devices) await device.waitForClose();
    await expectOver(thief);
    expectProblem(await refresh(thief.auth.refreshToken), 'session_revoked');
    expect((await ann.http('GET', '/users/me')).status).toBe(200);
  });
});

describe('A refresh token', () => {
  it('[A22] that a thief uses after its owner ends the session for both, its sockets included', async () => {
    const ann = await person();
    const device = await ann.connect();
    const { body: fresh } = await refresh(ann.auth.refreshToken);
    expectProblem(await refresh(ann.auth.refreshToken, 1), 'session_revoked');
    await device.waitForClose();
    await expectOver(ann);
    await expectOver(ann, fresh.accessToken);
    expectProblem(await refresh(fresh.refreshToken), 'session_revoked');
  });

  it('[A22] that a thief uses before its owner ends the session as soon as the owner comes', async () => {
    const ann = await person();
    const { body: stolen } = await refresh(ann.auth.refreshToken, 1);
    expectProblem(await refresh(ann.auth.refreshToken), 'session_revoked');
    await expectOver(ann, stolen.accessToken);
    expectProblem(await refresh(stolen.refreshToken, 1), 'session_revoked');
  });

  it('[A22] used ten times at once works once at most', async () => {
    const ann = await person();
    const replies = await Promise.all(Array.from({ length: 10 }, (_, i) => refresh(ann.auth.refreshToken, i)));
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    await expectOver(ann);
  });

  it('[A22] of another session, generation or key is nobody’s', async () => {
    const [ann, eve] = await Promise.all([person('ann'), person('eve')]);
    const [session, generation, mac] = ann.auth.refreshToken.split('.') as [string, string, string];
    const [, , other] = eve.auth.refreshToken.split('.') as [string, string, string];
    for (const forged of [
      `${session}.${Number(generation) + 1}.${mac}`,
      `${session}.0${generation}.${mac}`,
      `${session}.${generation}.${other}`,
      `${session}.${generation}.${'A'.repeat(43)}`,
      `${session}.${generation}.${mac}=`,
      `${session}.${generation}.`,
      `${session}.-1.${mac}`,
    ])
      expectProblem(await refresh(forged), 'unauthenticated');
    // a forgery is no reuse: nobody can end another's session with it
    expect((await ann.http('GET', '/users/me')).status).toBe(200);
    expect((await refresh(ann.auth.refreshToken)).status).toBe(200);
  });
});
