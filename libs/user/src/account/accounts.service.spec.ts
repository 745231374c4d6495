import { newId } from '@dunlin/platform';
import { PASSWORD, UserWorld } from '../testing/user-world.js';
import { UserRow } from './user.entity.js';

describe('An account', () => {
  let world: UserWorld;
  beforeEach(async () => {
    world = await UserWorld.open();
  });
  afterEach(() => world.close());

  const login = (username: string, password: string): ReturnType<typeof world.accounts.login> =>
    world.accounts.login(newId(), { username, password });

  it('is signed in to without regard to case, and keeps the name as it was chosen', async () => {
    await world.register('Ann.B');
    const { user } = await login('aNN.b', PASSWORD);
    expect(user).toMatchObject({ username: 'Ann.B', displayName: 'Ann.B', avatarUrl: null });
  });

  it('goes to one of many who want the name at once, and to nobody a second time', async () => {
    const results = await Promise.allSettled(['ann', 'ANN', 'Ann', 'aNn'].map((name) => world.register(name)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    await expect(world.register('anN')).rejects.toMatchObject({ code: 'username_taken' });
    expect(await world.db.read((from) => from.count(UserRow))).toBe(1);
  });

  it('is made once when Kafka delivers its registration twice', async () => {
    const requestId = newId();
    const register = (): ReturnType<typeof world.accounts.register> =>
      world.accounts.register(requestId, { username: 'ann', password: PASSWORD });
    const [first, again] = [await register(), await register()];
    expect(again.user.id).toBe(first.user.id);
    expect(again.refreshToken).toBe(first.refreshToken);
  });

  it('has its password changed when Kafka delivers that twice, and the second is no failure', async () => {
    const ann = await world.person('ann');
    const requestId = newId();
    const change = (): Promise<void> =>
      world.accounts.changePassword(requestId, ann, PASSWORD, 'a password of her own');
    await change();
    await expect(change()).resolves.toBeUndefined();
    await expect(login('ann', 'a password of her own')).resolves.toBeDefined();
  });

  it('has its password changed when the client asks again, having heard no answer', async () => {
    const ann = await world.person('ann');
    const change = (current: string, next: string): Promise<void> =>
      world.accounts.changePassword(newId(), ann, current, next);
    await change(PASSWORD, 'a password of her own');
    const elsewhere = await login('ann', 'a password of her own');
    await expect(change(PASSWORD, 'a password of her own')).resolves.toBeUndefined();
    await expect(login('ann', 'a password of her own')).resolves.toBeDefined();
    expect(world.registry.ended).toContain(elsewhere.refreshToken.split('.')[0]);
    await expect(change(PASSWORD, 'another password')).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(change(PASSWORD, PASSWORD)).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('answers a wrong name and a wrong password alike', async () => {
    await world.register('ann');
    await expect(login('ann', 'wrong password')).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(login('nobody', PASSWORD)).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it.each(['kim ', ' kim', 'kim\n', '\u212Aim', 'k', ''])('is nobody’s by the name %j', async (name) => {
    await world.register('kim');
    await expect(login(name, PASSWORD)).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('counts every character of a long password', async () => {
    const long = 'p'.repeat(255);
    await world.accounts.register(newId(), { username: 'ann', password: `${long}a` });
    await expect(login('ann', `${long}b`)).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(login('ann', `${long}a`)).resolves.toBeDefined();
  });

  it('stores argon2id with at least 19 MiB and two passes, and nothing of the password', async () => {
    await world.register('ann');
    const row = await world.db.read((from) => from.findOneByOrFail(UserRow, { usernameKey: 'ann' }));
    expect(row.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('ends all other sessions when its password changes', async () => {
    const ann = await world.person('ann');
    const other = await login('ann', PASSWORD);
    await world.accounts.changePassword(newId(), ann, PASSWORD, 'a new password');
    expect(world.registry.ended).toEqual([other.refreshToken.split('.')[0]]);
    await expect(login('ann', PASSWORD)).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(login('ann', 'a new password')).resolves.toBeDefined();
  });

  it('is found by the start of either name, case and wildcards meaning nothing, but not by whom it blocks', async () => {
    const [ann, bob] = [await world.person('ann_1'), await world.person('bob')];
    await world.profiles.update(newId(), ann.userId, { displayName: 'Änne Ö' });
    const found = async (q: string): Promise<string[]> =>
      (await world.profiles.search(bob.userId, { q, limit: 10 })).items.map((user) => user.username);
    expect(await found('ANN_')).toEqual(['ann_1']);
    expect(await found('äNN')).toEqual(['ann_1']);
    expect(await found('%')).toEqual([]);
    expect(await found('a%1')).toEqual([]);
    await world.profiles.update(newId(), ann.userId, { displayName: 'Ασπασία' });
    expect(await found('ΑΣ')).toEqual(['ann_1']);
    await world.friends.block(newId(), ann, bob.userId);
    expect(await found('ann')).toEqual([]);
  });

  it('is listed once in a search, page after page, by its username before its display name', async () => {
    const seeker = await world.person('seeker');
    for (const name of ['sam3', 'sam1', 'sam2']) await world.person(name);
    // by both names, and by the second alone
    for (const [name, displayName] of [
      ['sam0', 'Sam Zero'],
      ['y', 'sam b'],
      ['x', 'SAM C'],
      ['z', 'Sam A'],
    ] as const) {
      const { userId } = await world.person(name.padEnd(3, '_'));
      await world.profiles.update(newId(), userId, { displayName });
    }
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.profiles.search(seeker.userId, { q: 'sAm', limit: 2, cursor });
      names.push(...page.items.map((user) => user.username));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(['sam0', 'sam1', 'sam2', 'sam3', 'z__', 'y__', 'x__']);
  });
});
