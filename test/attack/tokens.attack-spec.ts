import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Device } from '../support/device.js';
import { expectNoConnection, expectProblem, outcome } from '../support/expectations.js';
import { person, Visitor, type Person } from '../support/person.js';
import { claimsOf, expectNoEntry, hmac, resigned, rsa, serverSecret, unsigned } from './forge.js';

let ann: Person;
beforeAll(async () => {
  ann = await person();
});

const HS256 = { alg: 'HS256', typ: 'JWT' };
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ownKey = publicKey.export({ format: 'jwk' });

it('[A15] The forger of these tests makes tokens that are good when nothing is wrong with them', async () => {
  const { status } = await new Visitor().http('GET', '/users/me', undefined, { token: resigned(ann, {}) });
  expect(status).toBe(200);
});

describe('The algorithm', () => {
  it('[A12] none, in all spellings, with a signature and without, opens nothing', async () => {
    const claims = claimsOf(ann.token);
    const signature = ann.token.split('.')[2] as string;
    const spellings = [
      'none',
      'None',
      'NONE',
      'nOnE',
      'none ',
      ' none',
      'none\0',
      '',
      null,
      [],
      ['none'],
      {},
      undefined,
    ];
    for (const alg of spellings)
      for (const end of ['', signature]) await expectNoEntry(`${unsigned({ typ: 'JWT', alg }, claims)}.${end}`);
    await expectNoEntry(unsigned({ alg: 'none' }, claims));
  });

  it('[A13] of another kind opens nothing: RSA, elliptic curves, and a public key taken for a secret', async () => {
    const claims = claimsOf(ann.token);
    for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA'])
      await expectNoEntry(rsa({ alg, typ: 'JWT' }, claims, privateKey));
    for (const type of ['spki', 'pkcs1'] as const)
      await expectNoEntry(hmac(HS256, claims, publicKey.export({ type, format: 'pem' })));
    await expectNoEntry(hmac(HS256, claims, publicKey.export({ type: 'spki', format: 'der' })));
  });

  it('[A13] of the same kind but another than agreed opens nothing, even with the server’s own key', async () => {
    for (const alg of ['HS384', 'HS512', 'hs256', 'HS256 '])
      await expectNoEntry(resigned(ann, {}, { alg, typ: 'JWT' }));
  });

  it('[A14] and the key are not the token’s to choose: jwk, jku, x5u, x5c, kid, crit', async () => {
    const asked: string[] = [];
    const listener = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(JSON.stringify({ keys: [{ ...ownKey, kid: 'mine', alg: 'RS256', use: 'sig' }] }));
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/keys`;
    const claims = claimsOf(ann.token);
    const secret = Buffer.from('the attacker’s own secret, long enough');
    const oct = { kty: 'oct', k: secret.toString('base64url') };
    const headers: Record<string, unknown>[] = [
      { jwk: ownKey },
      { jwk: oct },
      { jku: url, kid: 'mine' },
      { x5u: url },
      { x5c: ['MIIB'] },
      ...['/dev/null', '../../../dev/null', '', "x' UNION SELECT 'secret", '0', url].map((kid) => ({ kid })),
    ];
    for (const header of headers) {
      await expectNoEntry(rsa({ alg: 'RS256', ...header }, claims, privateKey));
      await expectNoEntry(hmac({ alg: 'HS256', ...header }, claims, secret));
      await expectNoEntry(hmac({ alg: 'HS256', ...header }, claims, ''));
      await expectNoEntry(hmac({ alg: 'HS256', ...header }, claims, '\0'));
    }
    expect(asked).toEqual([]);
    await new Promise((resolve) => listener.close(resolve));
  });
});

describe('The claims', () => {
  const now = Math.floor(Date.now() / 1000);

  it('[A15] exp that has passed is told as such', async () => {
    for (const exp of [now - 1, now - 3600, 0, -1]) await expectNoEntry(resigned(ann, { exp }), 'token_expired');
  });

  it('[A15] exp and nbf that are absent, of another type or not yet there open nothing', async () => {
    const far = now + 3600;
    for (const exp of [undefined, null, String(far), '', [far], { gt: far }, true, `${far}abc`])
      await expectNoEntry(resigned(ann, { exp }));
    for (const nbf of [far, String(now - 60), [now], {}, true]) await expectNoEntry(resigned(ann, { nbf }));
  });

  it('[A16] make a refresh token no access token, nor the reverse', async () => {
    await expectNoEntry(ann.auth.refreshToken);
    for (const refreshToken of [ann.token.slice(0, 256), ann.token, resigned(ann, { typ: 'refresh' })])
      expect(['unauthenticated', 'validation_failed']).toContain(
        outcome(await new Visitor().http('POST', '/auth/refresh', { refreshToken })),
      );
    for (const typ of ['refresh', undefined, null, 'ACCESS', ['access']]) await expectNoEntry(resigned(ann, { typ }));
    expect((await ann.http('GET', '/users/me')).status).toBe(200);
  });

  it('[A17] for another audience, by another issuer, or for none, open nothing', async () => {
    for (const name of ['aud', 'iss'])
      for (const value of [undefined, null, '', 'somebody', `${String(claimsOf(ann.token)[name])}.evil`, {}, 7, true])
        await expectNoEntry(resigned(ann, { [name]: value }));
  });

  it('[A18] sub and sid of another type, of nobody or of somebody else’s session open nothing', async () => {
    const eve = await person('eve');
    for (const sub of [undefined, null, 7, {}, [ann.id], '', '__proto__']) await expectNoEntry2(resigned(ann, { sub }));
    for (const sid of [undefined, null, 7, {}, ['x'], '', 'nobody']) await expectNoEntry2(resigned(ann, { sid }));
    // even with the key: a session is its owner's
    await expectNoEntry2(resigned(eve, { sub: ann.id }));
  });
});

/** Refused, whether as no token or as no session. */
async function expectNoEntry2(token: string): Promise<void> {
  const code = outcome(await new Visitor().http('GET', '/users/me', undefined, { token }));
  expect(['unauthenticated', 'session_revoked']).toContain(code);
  await expectNoConnection(Device.connect(ann.base, token), code as 'unauthenticated');
}

describe('The text of a token', () => {
  it('[A18] cut, lengthened or changed anywhere opens nothing', async () => {
    const { token } = ann;
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const flipped = (text: string, at: number): string =>
      `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    for (const cut of [1, 10, header.length, header.length + 1, token.length - 44, token.length - 43, token.length - 1])
      await expectNoEntry(token.slice(0, cut));
    for (const part of [0, 5, payload.length - 2])
      await expectNoEntry(`${header}.${flipped(payload, part)}.${signature}`);
    for (const at of [0, 20, 42]) await expectNoEntry(`${header}.${payload}.${flipped(signature, at)}`);
    const more = [
      `${token}.`,
      `${token}.x`,
      `.${token}`,
      `${token}=`,
      `${token}A`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      `${header}.${payload}.${signature}==`,
      `${header}.${payload}.`,
      '..',
      '.',
      `${token} ${token}`,
    ];
    for (const text of more) await expectNoEntry(text);
  });

  it('[A18] has one signature: the bits that base64 leaves over are no second spelling', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(ann.token.at(-1) as string);
    const others = [1, 2, 3].map((bits) => alphabet[(last & ~3) | ((last + bits) & 3)] as string);
    for (const other of others) await expectNoEntry(ann.token.slice(0, -1) + other);
  });

  it('[A18] with claims said twice is not two people', async () => {
    const eve = await person('eve');
    const claims = JSON.stringify(claimsOf(eve.token));
    for (const twice of [`${claims.slice(0, -1)},"sub":"${ann.id}"}`, `{"sub":"${ann.id}",${claims.slice(1)}`]) {
      // without the key it is nobody's
      await expectNoEntry(hmac(HS256, twice, 'the attacker’s own secret, long enough'));
      const token = hmac(HS256, twice, serverSecret());
      const reply = await new Visitor().http<{ id?: string }>('GET', '/users/me', undefined, { token });
      expect(reply.body.id).not.toBe(ann.id);
    }
  });

  it('[A18] that is no JSON, deep or huge opens nothing and costs nothing', async () => {
    const deep = '['.repeat(700) + ']'.repeat(700);
    for (const claims of ['', 'foo', 'null', '[]', '7', '"x"', '{', deep, `{"a":${deep}}`])
      await expectNoEntry(hmac(HS256, claims));
    await expectNoEntry(resigned(ann, { pad: 'x'.repeat(8000) }));
  });

  it('[A23] in a URL opens nothing', async () => {
    for (const name of ['token', 'access_token', 'accessToken', 'authorization', 'auth', 'jwt'])
      expectProblem(await new Visitor().http('GET', `/users/me?${name}=${ann.token}`), 'unauthenticated');
    const elsewhere: Record<string, string>[] = [
      { cookie: `token=${ann.token}; accessToken=${ann.token}` },
      { 'x-access-token': ann.token },
    ];
    for (const headers of elsewhere)
      expectProblem(await new Visitor().http('GET', '/users/me', undefined, { headers }), 'unauthenticated');
    const { items } = await ann.ok<{ items: object[] }>('GET', '/auth/sessions');
    expect(JSON.stringify(items)).not.toContain(ann.auth.refreshToken);
  });
});
