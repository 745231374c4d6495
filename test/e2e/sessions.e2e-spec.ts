import { randomUUID } from 'node:crypto';
import type { Page, Session, TokenPair } from '@dunlin/contracts/wire';
import { eventually, expectNoConnection, expectProblem, outcome } from '../support/expectations.js';
import { Device } from '../support/device.js';
import { nobody } from '../support/names.js';
import { PASSWORD, person, Visitor, type Person } from '../support/person.js';

const refresh = (who: Visitor, refreshToken: unknown) => who.http<TokenPair>('POST', '/auth/refresh', { refreshToken });
const sessionsOf = async (who: Person): Promise<Session[]> =>
  (await who.ok<Page<Session>>('GET', '/auth/sessions')).items;

/** What belongs to the session is over: its access token, its refresh token and new connections. */
async function expectEnded(who: Person): Promise<void> {
  // over all gateways at once, or the next moment where the news has to travel
  await eventually(async () => {
    for (const base of who.gateways) {
      expect(outcome(await new Visitor([base]).http('GET', '/users/me', undefined, { token: who.token }))).toBe(
        'session_revoked',
      );
      await expectNoConnection(Device.connect(base, who.token), 'session_revoked');
    }
  });
  expectProblem(await refresh(who, who.auth.refreshToken), 'session_revoked');
}

async function expectAlive(who: Person): Promise<void> {
  expect((await who.http('GET', '/users/me')).status).toBe(200);
  const device = await who.connect();
  await device.settle();
  device.close();
}

describe('The list of sessions', () => {
  it('shows each device once and which one asks', async () => {
    const phone = await person();
    const laptop = await phone.signInAgain('Laptop');
    const seen = await sessionsOf(laptop);
    expect(seen).toHaveLength(2);
    expect(seen.filter((session) => session.current)).toEqual([
      {
        id: expect.any(String),
        device: 'Laptop',
        current: true,
        createdAt: expect.stringMatching(/Z$/),
        lastUsedAt: expect.stringMatching(/Z$/),
      },
    ]);
    const fromPhone = await sessionsOf(phone);
    expect(fromPhone.map(({ id }) => id).sort()).toEqual(seen.map(({ id }) => id).sort());
    expect(fromPhone.find((session) => session.current)?.id).not.toBe(seen.find((session) => session.current)?.id);
  });
});

describe('The list of sessions, page by page', () => {
  it('has each of them once, the one used last first', async () => {
    const ann = await person();
    for (let i = 0; i < 4; i++) await ann.signInAgain(`Device ${i}`);
    const whole = await sessionsOf(ann);
    const seen: Session[] = [];
    for (let path = '/auth/sessions?limit=2'; path !== '';) {
      const { items, nextCursor } = await ann.ok<Page<Session>>('GET', path);
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items);
      path = nextCursor === null ? '' : `/auth/sessions?limit=2&cursor=${nextCursor}`;
    }
    expect(seen).toEqual(whole);
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=x'])
      expectProblem(
        await ann.http('GET', `/auth/sessions?${query}`),
        'validation_failed',
        query.split('=')[0] as string,
      );
  });
});

describe('Refreshing', () => {
  it('gives a new pair, and the next one for that', async () => {
    const ann = await person();
    let last = ann.auth.refreshToken;
    for (let i = 0; i < 3; i++) {
      const { status, body } = await refresh(new Visitor(), last);
      expect(status).toBe(200);
      expect(body).toEqual({
        accessToken: expect.any(String),
        refreshToken: expect.any(String),
        expiresIn: expect.any(Number),
      });
      expect(body.refreshToken).not.toBe(last);
      const me = await ann.http('GET', '/users/me', undefined, { token: body.accessToken });
      expect(me.body).toEqual(ann.user);
      last = body.refreshToken;
    }
    expect(await sessionsOf(ann)).toHaveLength(1);
  });

  it('with a used token ends the whole family and its sockets, and nothing else', async () => {
    const ann = await person();
    const other = await ann.signInAgain();
    const [socket, otherSocket] = await Promise.all([ann.connect(), other.connect()]);
    const { body: fresh } = await refresh(ann, ann.auth.refreshToken);
    expectProblem(await refresh(new Visitor(), ann.auth.refreshToken), 'session_revoked');

    expect(await socket.waitFor('session:revoked')).toEqual({ reason: 'token_reused' });
    await socket.waitForClose();
    await expectEnded(ann);
    expectProblem(await refresh(ann, fresh.refreshToken), 'session_revoked');
    await eventually(async () =>
      expect(outcome(await ann.http('GET', '/users/me', undefined, { token: fresh.accessToken }))).toBe(
        'session_revoked',
      ),
    );
    await otherSocket.settle();
    expect(otherSocket.all('session:revoked')).toEqual([]);
    await expectAlive(other);
  });

  it('lets at most one of two win who use the same token at once', async () => {
    const ann = await person();
    const both = await Promise.all([
      refresh(ann, ann.auth.refreshToken),
      refresh(new Visitor(), ann.auth.refreshToken),
    ]);
    const outcomes = both.map(outcome);
    expect(outcomes.filter((one) => one === 'ok').length).toBeLessThanOrEqual(1);
    for (const one of outcomes) expect(['ok', 'session_revoked']).toContain(one);
    // the second use was a reuse, whoever came first
    await expectEnded(ann);
  });

  it('again with the same id gives the same pair, to one who has not heard the answer', async () => {
    const ann = await person();
    const body = { refreshToken: ann.auth.refreshToken, refreshId: randomUUID() };
    const [first, again] = [
      await ann.http<TokenPair>('POST', '/auth/refresh', body),
      await ann.http<TokenPair>('POST', '/auth/refresh', body),
    ];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body.refreshToken).toBe(first.body.refreshToken);
    const me = await ann.http('GET', '/users/me', undefined, { token: again.body.accessToken });
    expect(me.body).toEqual(ann.user);
    // a thief who has the token alone
    expectProblem(await refresh(new Visitor(), ann.auth.refreshToken), 'session_revoked');
    await expectEnded(ann);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['an empty text', ''],
    ['an access token', 'access'],
  ])('refuses %s as a token', async (_what, given) => {
    const ann = await person();
    const reply = await refresh(ann, given === 'access' ? ann.token.slice(0, 200) : given);
    expect(['unauthenticated', 'validation_failed']).toContain(outcome(reply));
    await expectAlive(ann);
  });

  it.each([
    ['nothing', {}, 'refreshToken'],
    ['a number', { refreshToken: 7 }, 'refreshToken'],
    ['a huge text', { refreshToken: 'x'.repeat(5000) }, 'refreshToken'],
    ['an id that is easily guessed', { refreshToken: 'x', refreshId: '1' }, 'refreshId'],
  ])('refuses %s as a body', async (_what, body, path) => {
    expectProblem(await new Visitor().http('POST', '/auth/refresh', body), 'validation_failed', path);
  });
});

describe('Signing out', () => {
  it('ends this session with its tokens and sockets, says why, and leaves the others', async () => {
    const ann = await person();
    const other = await ann.signInAgain();
    const sockets = await Promise.all([ann.connect(), ann.connect()]);
    const otherSocket = await other.connect();
    expect((await ann.http('POST', '/auth/logout')).status).toBe(204);
    for (const socket of sockets) {
      expect(await socket.waitFor('session:revoked')).toEqual({ reason: 'logout' });
      await socket.waitForClose();
      expect(socket.inbox.at(-1)?.event).toBe('session:revoked');
    }
    await expectEnded(ann);
    await otherSocket.settle();
    await expectAlive(other);
    expect(await sessionsOf(other)).toHaveLength(1);
  });

  it('works from afar for one of one’s own devices', async () => {
    const ann = await person();
    const lost = await ann.signInAgain('Lost telephone');
    const socket = await lost.connect();
    const { id } = (await sessionsOf(ann)).find((session) => session.device === 'Lost telephone') as Session;
    expect((await ann.http('DELETE', `/auth/sessions/${id}`)).status).toBe(204);
    expect(await socket.waitFor('session:revoked')).toEqual({ reason: 'signed_out_remotely' });
    await socket.waitForClose();
    await expectEnded(lost);
    await expectAlive(ann);
  });

  it('does not reach other people’s sessions, nor those that are not there', async () => {
    const [ann, eve] = await Promise.all([person('ann'), person('eve')]);
    const [session] = await sessionsOf(ann);
    for (const id of [session?.id, nobody(), '%00', '..', 'x'.repeat(300)])
      expectProblem(await eve.http('DELETE', `/auth/sessions/${id}`), 'not_found');
    await expectAlive(ann);
  });
});

describe('Changing the password', () => {
  it('ends every other session, and from then on only the new one opens', async () => {
    const ann = await person();
    const others = [await ann.signInAgain(), await ann.signInAgain()];
    const own = await ann.connect();
    const sockets = await Promise.all(others.map((other) => other.connect()));
    const newPassword = 'a new and better one';
    const change = await ann.http('POST', '/auth/password', { currentPassword: PASSWORD, newPassword });
    expect(change.status).toBe(204);
    for (const socket of sockets) {
      expect(await socket.waitFor('session:revoked')).toEqual({ reason: 'password_changed' });
      await socket.waitForClose();
    }
    for (const other of others) await expectEnded(other);
    await own.settle();
    expect(own.all('session:revoked')).toEqual([]);
    await expectAlive(ann);
    const login = (password: string) =>
      new Visitor().http('POST', '/auth/login', { username: ann.user.username, password });
    expectProblem(await login(PASSWORD), 'invalid_credentials');
    expect((await login(newPassword)).status).toBe(200);
  });

  it('needs the current one', async () => {
    const ann = await person();
    const other = await ann.signInAgain();
    const body = { currentPassword: 'not this one', newPassword: 'a new and better one' };
    expectProblem(await ann.http('POST', '/auth/password', body), 'invalid_credentials');
    await expectAlive(other);
  });

  it.each([
    ['a short new one', { newPassword: 'short' }, 'newPassword'],
    ['a long new one', { newPassword: 'x'.repeat(257) }, 'newPassword'],
    ['no current one', { currentPassword: undefined }, 'currentPassword'],
    ['an unknown field', { force: true }, 'force'],
  ])('refuses %s', async (_what, wrong, path) => {
    const ann = await person();
    const body = { currentPassword: PASSWORD, newPassword: 'a new and better one', ...wrong };
    expectProblem(await ann.http('POST', '/auth/password', body), 'validation_failed', path);
    await expectAlive(ann);
  });
});
