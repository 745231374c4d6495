import type { AuthResult } from '@dunlin/contracts/wire';
import { expectNoConnection, expectProblem, outcome } from '../support/expectations.js';
import { unique } from '../support/names.js';
import { PASSWORD, person, Visitor } from '../support/person.js';

const visitor = (): Visitor => new Visitor();
const register = (body: unknown) => visitor().http<AuthResult>('POST', '/auth/register', body);

describe('Registering', () => {
  it('gives the new person, their tokens and how long these hold', async () => {
    const username = unique('Ann.');
    const { status, body } = await register({ username, password: PASSWORD, displayName: 'Ann Ámber 🐧' });
    expect(status).toBe(201);
    expect(body).toEqual({
      user: {
        id: expect.stringMatching(/^[\w.-]{1,64}$/),
        username,
        displayName: 'Ann Ámber 🐧',
        avatarUrl: null,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresIn: expect.any(Number),
    });
    expect(body.expiresIn).toBeGreaterThan(0);
  });

  it('takes the username for who gives no other name', async () => {
    const ann = await person();
    expect(ann.user.displayName).toBe(ann.user.username);
  });

  it('knows a username as taken in any case of its letters', async () => {
    const ann = await person('Case.');
    for (const username of [ann.user.username, ann.user.username.toUpperCase(), ann.user.username.toLowerCase()])
      expectProblem(await register({ username, password: PASSWORD }), 'username_taken');
  });

  it('lets one of many win who ask for the same name at once', async () => {
    const username = unique('race');
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        register({ username: i % 2 ? username.toUpperCase() : username, password: `${PASSWORD} ${i}` }),
      ),
    );
    const outcomes = replies.map(outcome).sort();
    expect(outcomes).toEqual(['ok', ...Array<string>(5).fill('username_taken')]);
    const winner = replies.findIndex((reply) => reply.status === 201);
    const login = (password: string) => visitor().http('POST', '/auth/login', { username, password });
    expect((await login(`${PASSWORD} ${winner}`)).status).toBe(200);
    expectProblem(await login(`${PASSWORD} ${(winner + 1) % 6}`), 'invalid_credentials');
  });

  it('takes names and passwords of exactly the longest and shortest length', async () => {
    const short = unique('').slice(0, 3);
    const reply = await register({
      username: unique('x'.repeat(20)),
      password: 'é'.repeat(8),
      displayName: '🐧'.repeat(64),
    });
    expect(reply.status).toBe(201);
    expect(['ok', 'username_taken']).toContain(outcome(await register({ username: short, password: 'p'.repeat(256) })));
  });

  it('counts every character of a long password', async () => {
    const username = unique('long');
    const password = `${'a'.repeat(200)}${'b'.repeat(56)}`;
    expect((await register({ username, password })).status).toBe(201);
    const login = (given: string) => visitor().http('POST', '/auth/login', { username, password: given });
    expectProblem(await login(`${password.slice(0, -1)}c`), 'invalid_credentials');
    expectProblem(await login(password.slice(0, 72)), 'invalid_credentials');
    expect((await login(password)).status).toBe(200);
  });

  it.each([
    ['a short username', { username: 'ab' }, 'username'],
    ['a long username', { username: 'a'.repeat(33) }, 'username'],
    ['a username with a space', { username: 'ann lee' }, 'username'],
    ['a username with a letter of another script', { username: 'аnna-lee' }, 'username'],
    ['a username that ends in a line feed', { username: 'annalee\n' }, 'username'],
    ['a username that is a number', { username: 12345 }, 'username'],
    ['a username that is a list', { username: ['annalee'] }, 'username'],
    ['no username', { username: undefined }, 'username'],
    ['a short password', { password: '1234567' }, 'password'],
    ['a long password', { password: 'p'.repeat(257) }, 'password'],
    ['a password that is null', { password: null }, 'password'],
    ['a password with NUL', { password: 'correct\0horse' }, 'password'],
    ['an empty display name', { displayName: '' }, 'displayName'],
    ['a blank display name', { displayName: ' \u3000\u00a0 ' }, 'displayName'],
    ['a long display name', { displayName: 'x'.repeat(65) }, 'displayName'],
    ['a display name with a control character', { displayName: 'Ann\u0007' }, 'displayName'],
    ['a display name with half a surrogate pair', { displayName: 'Ann \ud83d' }, 'displayName'],
    ['a display name that is null', { displayName: null }, 'displayName'],
    ['an unknown field', { isAdmin: true }, 'isAdmin'],
    ['a field named like a part of every object', { constructor: 'x' }, 'constructor'],
  ])('refuses %s', async (_what, wrong, path) => {
    expectProblem(
      await register({ username: unique('fine'), password: PASSWORD, ...wrong }),
      'validation_failed',
      path,
    );
  });

  it('names every field that is wrong at once', async () => {
    expectProblem(
      await register({ username: '', password: '', who: 1 }),
      'validation_failed',
      'password',
      'username',
      'who',
    );
  });
});

describe('Signing in', () => {
  it('works in any case of the username and gives a session of its own', async () => {
    const ann = await person('Sign.');
    const { status, body } = await visitor().http<AuthResult>('POST', '/auth/login', {
      username: ann.user.username.toUpperCase(),
      password: PASSWORD,
      device: 'Ann’s telephone',
    });
    expect(status).toBe(200);
    expect(body.user).toEqual(ann.user);
    expect(body.refreshToken).not.toBe(ann.auth.refreshToken);
  });

  it('answers a wrong password and an unknown name alike', async () => {
    const ann = await person();
    const login = (username: string, password: string) => visitor().http('POST', '/auth/login', { username, password });
    const wrong = await login(ann.user.username, 'wrong password');
    const unknown = await login(unique('ghost'), PASSWORD);
    expectProblem(wrong, 'invalid_credentials');
    expectProblem(unknown, 'invalid_credentials');
    const same = ({ body }: { body: unknown }) => ({ ...(body as object), traceId: '' });
    expect(same(wrong)).toEqual(same(unknown));
  });

  it.each([
    ['no password', { password: undefined }, 'password'],
    ['a username that is an object', { username: { $ne: '' } }, 'username'],
    ['a device name with a line feed', { device: 'my\nphone' }, 'device'],
    ['an unknown field', { remember: true }, 'remember'],
  ])('refuses %s', async (_what, wrong, path) => {
    const body = { username: 'somebody', password: PASSWORD, ...wrong };
    expectProblem(await visitor().http('POST', '/auth/login', body), 'validation_failed', path);
  });
});

describe('Without signing in', () => {
  const routes: [string, string][] = [
    ['POST', '/auth/logout'],
    ['POST', '/auth/password'],
    ['GET', '/auth/sessions'],
    ['DELETE', '/auth/sessions/x'],
    ['GET', '/users/me'],
    ['PATCH', '/users/me'],
    ['GET', '/users?q=a'],
    ['GET', '/users/x'],
    ['GET', '/friends'],
    ['DELETE', '/friends/x'],
    ['GET', '/friend-requests?direction=incoming'],
    ['POST', '/friend-requests'],
    ['POST', '/friend-requests/x/accept'],
    ['GET', '/blocks'],
    ['PUT', '/blocks/x'],
    ['GET', '/groups'],
    ['POST', '/groups'],
    ['GET', '/groups/x'],
    ['GET', '/groups/x/members'],
    ['GET', '/groups/x/join-requests'],
    ['GET', '/group-directory?q=a'],
    ['GET', '/conversations'],
    ['POST', '/conversations/direct'],
    ['GET', '/conversations/x/messages'],
    ['POST', '/conversations/x/messages'],
    ['PUT', '/conversations/x/read'],
    ['POST', '/media'],
    ['GET', '/media/x'],
    ['GET', '/media/x/thumbnail'],
  ];

  it.each(routes)('%s %s is unauthenticated', async (method, path) => {
    expectProblem(await visitor().http(method, path), 'unauthenticated');
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['a token that somebody else has signed', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4Iiwic2lkIjoieCJ9.c2lnbmF0dXJl'],
    ['a token without a signature', 'eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ4Iiwic2lkIjoieCJ9.'],
  ])('%s for a token is unauthenticated, over HTTP and on a socket', async (_what, token) => {
    expectProblem(await visitor().http('GET', '/users/me', undefined, { token }), 'unauthenticated');
    const { Device } = await import('../support/device.js');
    await expectNoConnection(Device.connect(visitor().base, token), 'unauthenticated');
  });

  it('a refresh token opens nothing', async () => {
    const ann = await person();
    expectProblem(
      await visitor().http('GET', '/users/me', undefined, { token: ann.auth.refreshToken }),
      'unauthenticated',
    );
  });

  it('another scheme than Bearer opens nothing', async () => {
    const ann = await person();
    const headers = { authorization: `Basic ${ann.token}` };
    expectProblem(await visitor().http('GET', '/users/me', undefined, { headers }), 'unauthenticated');
  });
});
