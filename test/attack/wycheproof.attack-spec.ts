import { readFileSync } from 'node:fs';
import { outcome } from '../support/expectations.js';
import { person, Visitor, type Person } from '../support/person.js';
import { claimsOf, expectNoEntry, hmac, resigned, unsigned } from './forge.js';

const HS256 = { alg: 'HS256', typ: 'JWT' };

let ann: Person;
beforeAll(async () => {
  ann = await person();
});

describe('[wycheproof] The classes of the Wycheproof vectors for JSON Web Signatures', () => {
  const good = () => ({ header: HS256, claims: claimsOf(ann.token) });
  const cases: [string, () => string][] = [
    [
      'JSON serialization',
      () => {
        const [header, payload, signature] = resigned(ann, {}).split('.');
        return JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
      },
    ],
    [
      'flattened JSON serialization',
      () => {
        const [header, payload, signature] = resigned(ann, {}).split('.');
        return JSON.stringify({ payload, protected: header, signature });
      },
    ],
    [
      'a signature of the payload alone',
      () => {
        const { header, claims } = good();
        return `${unsigned(header, claims)}.${hmac({}, claims).split('.')[2]}`;
      },
    ],
    ['a signature of another length', () => resigned(ann, {}).slice(0, -22)],
    ['an empty key', () => hmac(HS256, good().claims, '')],
    ['a critical header that nobody knows', () => resigned(ann, {}, { ...HS256, crit: ['b64', 'x'], b64: false })],
    [
      'an unencoded payload',
      () => {
        const [header, , signature] = resigned(ann, {}, { ...HS256, b64: false, crit: ['b64'] }).split('.');
        return `${header}.${JSON.stringify(good().claims)}.${signature}`;
      },
    ],
    ['white space in a part', () => resigned(ann, {}).replace('.', '. ')],
    [
      'plain base64 instead of base64url',
      () => {
        const [header, payload, signature] = resigned(ann, {}).split('.') as [string, string, string];
        return `${header}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`;
      },
    ],
  ];

  it.each(cases)('%s: not accepted', async (_what, forge) => {
    await expectNoEntry(forge());
  });
});

interface Vectors {
  testGroups: { tests: { tcId: number; comment: string; jws: string }[] }[];
}

// C2SP's Wycheproof, testvectors_v1/json_web_signature_test.json, is not part of this repository: name a copy of it
const file = process.env['WYCHEPROOF_JWS'];

(file ? describe : describe.skip)('[wycheproof] The vectors themselves', () => {
  it('open nothing: the keys of their valid ones are not the server’s', async () => {
    const { testGroups } = JSON.parse(readFileSync(file as string, 'utf8')) as Vectors;
    const tests = testGroups.flatMap((group) => group.tests);
    expect(tests.length).toBeGreaterThan(300);
    const opened: string[] = [];
    for (const { tcId, comment, jws } of tests) {
      const token = jws.replaceAll(/[^\x20-\x7e]/g, '');
      const reply = await new Visitor().http('GET', '/users/me', undefined, { token });
      if (outcome(reply) !== 'unauthenticated') opened.push(`${tcId} ${comment}: ${outcome(reply)}`);
    }
    expect(opened).toEqual([]);
  });
});
