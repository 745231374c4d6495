import type { AuthResult } from '@dunlin/contracts/wire';
import { expectProblem, outcome } from '../support/expectations.js';
import type { Reply } from '../support/http.js';
import { unique } from '../support/names.js';
import { PASSWORD, person, Visitor } from '../support/person.js';

const login = (username: string, password: string): Promise<Reply> =>
  new Visitor().http('POST', '/auth/login', { username, password });
const register = (username: string, password = PASSWORD): Promise<Reply<AuthResult>> =>
  new Visitor().http('POST', '/auth/register', { username, password });

const but = (reply: Reply): unknown => ({ ...(reply.body as object), traceId: '' });
const headersOf = ({ headers }: Reply): string[] => [...headers.keys()].sort();
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;

describe('Whether a name exists', () => {
  it('[A1] shows neither in the answer to a wrong password nor in its headers', async () => {
    const ann = await person();
    const [wrong, unknown] = [
      await login(ann.user.username, 'is it this one?'),
      await login(unique('ghost'), PASSWORD),
    ];
    expectProblem(wrong, 'invalid_credentials');
    expectProblem(unknown, 'invalid_credentials');
    expect(but(wrong)).toEqual(but(unknown));
    expect(headersOf(wrong)).toEqual(headersOf(unknown));
  });

  it('[A2] shows no more in the time that the answer takes', async () => {
    const ann = await person();
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    // by turns, so that what else the machine does meets both
    for (let i = 0; i < 15; i++)
      for (const [kind, name] of [
        ['known', ann.user.username],
        ['unknown', unique('ghost')],
      ] as const) {
        const begun = performance.now();
        await login(name, 'is it this one?');
        times[kind].push(performance.now() - begun);
      }
    const ratio = median(times.unknown) / median(times.known);
    // without a hash to compare with, an unknown name would be answered in a tenth of the time
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('[A3] shows at registration by the one code, which says nothing of who has it', async () => {
    const ann = await person('Ann');
    const reply = await register(ann.user.username.toUpperCase());
    expectProblem(reply, 'username_taken');
    for (const word of [ann.id, ann.user.username, ann.user.createdAt]) expect(reply.text).not.toContain(word);
    // there is no other way to ask without an account
    for (const path of [`/users?q=${ann.user.username}`, `/users/${ann.id}`])
      expectProblem(await new Visitor().http('GET', path), 'unauthenticated');
  });
});

describe('A password', () => {
  it('[A8] counts to its last character, past byte 72 and past what looks like its end', async () => {
    const username = unique('long');
    const password = `${'é'.repeat(120)}-the end`;
    expect((await register(username, password)).status).toBe(201);
    for (const other of [
      password.slice(0, -1),
      password.slice(0, 36),
      password.slice(0, 72),
      `${password} `,
      password.normalize('NFD'),
    ])
      expectProblem(await login(username, other), 'invalid_credentials');
    expect((await login(username, password)).status).toBe(200);
    expectProblem(await register(unique('nul'), 'correct\0horse battery'), 'validation_failed', 'password');
    expectProblem(await login(username, `${password}\0`), 'validation_failed', 'password');
  });

  it('[A9] that is short or among the commonest is refused, at registration and at a change', async () => {
    const ann = await person();
    const bad = ['1234567', 'password', 'Password1', '12345678', 'qwertyuiop', 'iloveyou', 'TRUSTNO1', 'football'];
    for (const password of bad) {
      expectProblem(await register(unique('weak'), password), 'validation_failed', 'password');
      const change = { currentPassword: PASSWORD, newPassword: password };
      expectProblem(await ann.http('POST', '/auth/password', change), 'validation_failed', 'newPassword');
    }
    expect((await login(ann.user.username, PASSWORD)).status).toBe(200);
  });

  it('[A9] of 64 characters and more, of any script, is taken as it is', async () => {
    for (const password of ['x'.repeat(64), 'long enough '.repeat(21), '🐧'.repeat(128), 'пароль который знаю я']) {
      const username = unique('strong');
      expect((await register(username, password)).status).toBe(201);
      expect((await login(username, password)).status).toBe(200);
    }
  });

  it('[A10] of a megabyte is refused before anybody hashes it', async () => {
    const ann = await person();
    for (const [size, code] of [
      [1024 * 1024, 'payload_too_large'],
      [100_000, 'validation_failed'],
    ] as const) {
      const password = 'x'.repeat(size);
      const begun = performance.now();
      for (const reply of await Promise.all([
        ...Array.from({ length: 10 }, () => login(ann.user.username, password)),
        register(unique('huge'), password),
        ann.http('POST', '/auth/password', { currentPassword: password, newPassword: password }),
      ]))
        expectProblem(reply, code);
      expect(performance.now() - begun).toBeLessThan(5000);
    }
  });
});

describe('A name', () => {
  it('[A11] asked for many times at once is one person’s, in whatever case', async () => {
    const name = unique('twin');
    const spellings = [name, name.toUpperCase(), `T${name.slice(1)}`, name, name.toUpperCase(), name];
    const replies = await Promise.all(spellings.map((spelling) => register(spelling)));
    expect(replies.map(outcome).sort()).toEqual(['ok', ...Array<string>(5).fill('username_taken')]);
  });

  it('[A11] that only looks like another’s is no name', async () => {
    const twins = [
      'аdmin-of-it',
      'ａnnalee',
      'anna\u200blee',
      'anna\u0301lee',
      '\u212aate-lee',
      'annalee\u202e',
      'anna lee',
      'ﬁnnlee',
      'İrmalee',
    ];
    for (const twin of twins) expectProblem(await register(twin), 'validation_failed', 'username');
  });
});
