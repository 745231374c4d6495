import { setTimeout as passes } from 'node:timers/promises';
import { newId } from '@dunlin/platform';
import { SessionRow } from './session.entity.js';
import { PASSWORD, UserWorld } from '../testing/user-world.js';

describe('A session', () => {
  let world: UserWorld;
  beforeEach(async () => {
    world = await UserWorld.open();
  });
  afterEach(() => world.close());

  const refresh = (refreshToken: string, requestId = newId()): ReturnType<typeof world.sessions.refresh> =>
    world.sessions.refresh(requestId, { refreshToken });
  const refreshAs = (refreshId: string, refreshToken: string): ReturnType<typeof world.sessions.refresh> =>
    world.sessions.refresh(newId(), { refreshToken, refreshId });

  it('goes on with each new refresh token', async () => {
    const ann = await world.person('ann');
    const second = await refresh(ann.auth.refreshToken);
    const third = await refresh(second.refreshToken);
    expect(new Set([ann.auth.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3);
    expect(await world.sessions.status(ann.sessionId)).toEqual({ active: true, userId: ann.userId });
  });

  it('ends for good when a refresh token is used again, and only this one', async () => {
    const ann = await world.person('ann');
    const other = await world.accounts.login(newId(), { username: 'ANN', password: PASSWORD });
    const next = await refresh(ann.auth.refreshToken);
    await expect(refresh(ann.auth.refreshToken)).rejects.toMatchObject({ code: 'session_revoked' });
    await expect(refresh(next.refreshToken)).rejects.toMatchObject({ code: 'session_revoked' });
    expect(world.registry.ended).toEqual([ann.sessionId]);
    expect(world.bus.of('user.sessions-revoked')).toEqual([
      { userId: ann.userId, sessionIds: [ann.sessionId], reason: 'token_reused' },
    ]);
    await expect(refresh(other.refreshToken)).resolves.toBeDefined();
  });

  it('is ended by its owner while so much waits to be written that nothing else is taken', async () => {
    const ann = await world.person('ann');
    let go = (): void => undefined;
    const others: Promise<unknown>[] = [world.db.transaction(() => new Promise<void>((resolve) => (go = resolve)))];
    let full = false;
    while (!full) {
      others.push(world.db.transaction(async () => undefined).catch(() => (full = true)));
      await passes(50);
    }
    const ending = world.sessions.end(newId(), ann.userId, ann.sessionId, 'logout');
    go();
    await ending;
    await Promise.all(others);
    expect(world.registry.ended).toEqual([ann.sessionId]);
  });

  it('lets at most one of two refreshes at once win', async () => {
    const ann = await world.person('ann');
    const results = await Promise.allSettled([refresh(ann.auth.refreshToken), refresh(ann.auth.refreshToken)]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });

  it('answers a refresh that Kafka delivers twice with the same tokens', async () => {
    const ann = await world.person('ann');
    const requestId = newId();
    const [first, again] = [
      await refresh(ann.auth.refreshToken, requestId),
      await refresh(ann.auth.refreshToken, requestId),
    ];
    expect(again.refreshToken).toBe(first.refreshToken);
    await expect(refresh(first.refreshToken)).resolves.toBeDefined();
  });

  it('goes on for a client that asks again, by the id of its refresh, since it heard no answer', async () => {
    const ann = await world.person('ann');
    const unheard = await refreshAs('the first refresh', ann.auth.refreshToken);
    const heard = await refreshAs('the first refresh', ann.auth.refreshToken);
    expect(heard.refreshToken).toBe(unheard.refreshToken);
    await expect(refreshAs('the second refresh', heard.refreshToken)).resolves.toBeDefined();
  });

  it('goes on for two that refresh at once by one id, with the same pair', async () => {
    const ann = await world.person('ann');
    const [one, other] = await Promise.all([
      refreshAs('the first refresh', ann.auth.refreshToken),
      refreshAs('the first refresh', ann.auth.refreshToken),
    ]);
    expect(one.refreshToken).toBe(other.refreshToken);
  });

  it.each([
    ['another id', 'a guess at its id', 1],
    ['the id, but after the new pair was used', 'the first refresh', 2],
  ])('ends when a refresh token is used again with %s', async (_, refreshId, times) => {
    const ann = await world.person('ann');
    let { refreshToken } = ann.auth;
    for (let n = 0; n < times; n++) ({ refreshToken } = await refreshAs('the first refresh', refreshToken));
    await expect(refreshAs(refreshId, ann.auth.refreshToken)).rejects.toMatchObject({ code: 'session_revoked' });
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'session_revoked' });
  });

  it.each(['', 'x', 'a.1.b', `${'a'.repeat(32)}.1.${'A'.repeat(43)}`])(
    'does not take the forged token "%s"',
    async (token) => {
      await expect(refresh(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    },
  );

  it('is one of any number that end together, told of in rows of bounded size', async () => {
    const ann = await world.person('ann');
    const now = Date.now();
    const ids = Array.from({ length: 1200 }, (_, i) => `s${i}`);
    await world.db.transaction(async (tx) => {
      for (const id of ids)
        await tx.insert(SessionRow, {
          id,
          userId: ann.userId,
          device: 'thief',
          generation: 1,
          createdAt: now,
          lastUsedAt: now,
          expiresAt: now + 60_000_000,
        });
    });
    await world.accounts.changePassword(newId(), ann, PASSWORD, `${PASSWORD}!`);
    expect(world.registry.ended.sort()).toEqual(ids.sort());
    const told = world.bus.of('user.sessions-revoked') as { sessionIds: string[] }[];
    expect(Math.max(...told.map(({ sessionIds }) => sessionIds.length))).toBeLessThanOrEqual(500);
  }, 20_000);

  it('expires when it was not refreshed for too long', async () => {
    const ann = await world.person('ann');
    world.clock.at += 3600_000 + 1;
    await expect(refresh(ann.auth.refreshToken)).rejects.toMatchObject({ code: 'token_expired' });
    expect((await world.sessions.status(ann.sessionId)).active).toBe(false);
  });

  it('is one of several, each with its device, and one can end another', async () => {
    const ann = await world.person('ann');
    await world.accounts.login(newId(), { username: 'ann', password: PASSWORD, device: 'Phone' });
    const list = (await world.sessions.list(ann, { limit: 50 })).items;
    expect(list).toHaveLength(2);
    expect(list.find(({ current }) => current)?.id).toBe(ann.sessionId);
    const phone = list.find(({ device }) => device === 'Phone')?.id as typeof ann.sessionId;
    await world.sessions.end(newId(), ann.userId, phone, 'signed_out_remotely');
    expect(world.registry.ended).toEqual([phone]);
    expect((await world.sessions.list(ann, { limit: 50 })).items).toHaveLength(1);
  });

  it('is one of at most a hundred: one more ends the one used least recently, and all are told', async () => {
    const ann = await world.person('ann');
    const signIn = async (): Promise<void> => {
      world.clock.at += 1000;
      await world.accounts.login(newId(), { username: 'ann', password: PASSWORD });
    };
    await signIn();
    const [second] = (await world.sessions.list(ann, { limit: 1 })).items;
    for (let i = 0; i < 98; i++) await signIn();
    // the oldest has been used since
    world.clock.at += 1000;
    await refresh(ann.auth.refreshToken);
    expect(world.registry.ended).toEqual([]);
    await signIn();
    expect(world.registry.ended).toEqual([second?.id]);
    expect(world.bus.of('user.sessions-revoked')).toEqual([
      { userId: ann.userId, sessionIds: [second?.id], reason: 'expired' },
    ]);
    const seen: string[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await world.sessions.list(ann, { limit: 30, ...(cursor ? { cursor } : {}) });
      expect(page.items.length).toBeLessThanOrEqual(30);
      seen.push(...page.items.map(({ id }) => id));
      more = page.nextCursor !== null;
      cursor = page.nextCursor ?? undefined;
    }
    expect(new Set(seen).size).toBe(100);
    expect(seen[1]).toBe(ann.sessionId);
  }, 60_000);

  it('cannot be ended by somebody else', async () => {
    const [ann, bob] = [await world.person('ann'), await world.person('bob')];
    await expect(world.sessions.end(newId(), bob.userId, ann.sessionId, 'signed_out_remotely')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('takes its refresh token in one spelling only', async () => {
    const { refreshToken } = (await world.person('ann')).auth;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // the last character holds two bits that mean nothing
    const other = alphabet[alphabet.indexOf(refreshToken.slice(-1)) ^ 1] as string;
    await expect(refresh(refreshToken.slice(0, -1) + other)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(refresh(refreshToken)).resolves.toBeDefined();
  });

  it('is ended for all to know before the answer, and again later when they could not be told', async () => {
    const ann = await world.person('ann');
    const publish = jest.spyOn(world.bus, 'publish').mockRejectedValueOnce(new Error('the broker is away'));
    await expect(world.sessions.end(newId(), ann.userId, ann.sessionId, 'logout')).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(world.registry.ended).toEqual([ann.sessionId]);
    expect((await world.sessions.status(ann.sessionId)).active).toBe(false);
    await world.sessions.end(newId(), ann.userId, ann.sessionId, 'logout');
    expect(world.bus.of('user.sessions-revoked')).not.toHaveLength(0);
    publish.mockRestore();
  });

  it('is forgotten long after its end', async () => {
    const ann = await world.person('ann');
    world.clock.at += 31 * 24 * 3600_000;
    await world.accounts.login(newId(), { username: 'ann', password: PASSWORD });
    expect(await world.sessions.status(ann.sessionId)).toEqual({ active: false, userId: null });
  });
});
