import type { GroupId } from '@dunlin/contracts';
import { by, GroupWorld, refusal } from '../testing/group-world.js';

describe('A request to join', () => {
  let world: GroupWorld;
  let groupId: GroupId;
  const ask = (userId: string, message = '') => world.membership.join(by(userId, { groupId, message }));
  const list = async (userId = 'ann') => (await world.requests.list(by(userId, { groupId, limit: 50 }))).items;
  const approve = (actor: string, userId: string) =>
    world.requests.approve(by(actor, { groupId, userId: userId as never }));
  const reject = (actor: string, userId: string) =>
    world.requests.reject(by(actor, { groupId, userId: userId as never }));

  beforeEach(async () => {
    world = await GroupWorld.open();
    groupId = await world.found('approval', 'ben', 'cleo');
  });
  afterEach(() => world.close());

  it('waits for an admin, and asking again only changes its words', async () => {
    expect(await ask('zoe', 'please')).toEqual({ status: 'pending' });
    world.clock.at += 1000;
    expect(await ask('zoe', 'please!')).toEqual({ status: 'pending' });
    expect(await list()).toEqual([{ userId: 'zoe', message: 'please!', createdAt: '2026-11-23T09:00:00.000Z' }]);
    expect(world.log.changes).toHaveLength(1);
    expect(await refusal(list('ben'))).toBe('forbidden');
    expect(await refusal(list('zoe'))).toBe('not_a_member');
  });

  it('is approved by admins, once or twice', async () => {
    await world.promote(groupId, 'ben');
    await ask('zoe');
    expect(await refusal(approve('cleo', 'zoe'))).toBe('forbidden');
    expect(await refusal(approve('ben', 'dan'))).toBe('not_found');
    await Promise.all([approve('ben', 'zoe'), approve('ann', 'zoe')]);
    await approve('ann', 'zoe');
    expect(world.log.lines(groupId).filter((line) => line === 'member_joined zoe')).toHaveLength(1);
    expect(world.bus.joined.at(-1)).toMatchObject({ userIds: ['zoe'] });
    expect(await list()).toEqual([]);
    expect(await ask('zoe')).toEqual({ status: 'joined' });
  });

  it('is turned down, once or twice, and may be made again', async () => {
    await ask('zoe', 'please');
    await reject('ann', 'zoe');
    await reject('ann', 'zoe');
    expect(await list()).toEqual([]);
    expect(await refusal(approve('ann', 'zoe'))).toBe('not_found');
    expect(await refusal(reject('ann', 'dan'))).toBe('not_found');
    world.clock.at += 1000;
    expect(await ask('zoe', 'pretty please')).toEqual({ status: 'pending' });
    expect(await list()).toEqual([{ userId: 'zoe', message: 'pretty please', createdAt: '2026-11-23T09:00:01.000Z' }]);
  });

  it('is on the group’s card for the one who made it, as long as nobody has answered', async () => {
    const since = async (userId: string) => {
      const found = (await world.directory.search(userId as never, { q: 'dun', limit: 50 })).items;
      const cards = [await world.directory.get(groupId, userId as never), ...found];
      expect(cards.map(({ id }) => id)).toEqual([groupId, groupId]);
      const told = cards.map(({ joinRequestedAt }) => joinRequestedAt);
      expect(told[1]).toBe(told[0]);
      return told[0];
    };
    expect(await since('zoe')).toBeUndefined();
    await ask('zoe');
    world.clock.at += 1000;
    await ask('zoe', 'please');
    expect(await since('zoe')).toBe('2026-11-23T09:00:00.000Z');
    // nobody else is told
    for (const other of ['ann', 'ben', 'dan']) expect(await since(other)).toBeUndefined();
    await reject('ann', 'zoe');
    expect(await since('zoe')).toBeUndefined();
    await ask('zoe');
    expect(await since('zoe')).toBe('2026-11-23T09:00:01.000Z');
    await approve('ann', 'zoe');
    expect(await since('zoe')).toBeUndefined();
    expect((await world.directory.mine('zoe' as never, { limit: 50 })).items).toHaveLength(1);
  });

  it('and its refusal are told to the owner and the admins, with how many wait', async () => {
    await world.promote(groupId, 'ben');
    await ask('zoe');
    await ask('dan');
    await reject('ben', 'zoe');
    expect(world.bus.waiting.map(({ waiting }) => waiting)).toEqual([1, 2, 1]);
    for (const { userIds } of world.bus.waiting) expect([...userIds].sort()).toEqual(['ann', 'ben']);
  });

  it('stays when the group is full', async () => {
    for (const userId of ['x', 'y', 'z']) await ask(userId);
    await approve('ann', 'x');
    await approve('ann', 'y');
    expect(await refusal(approve('ann', 'z'))).toBe('group_full');
    expect((await list()).map((wish) => wish.userId)).toEqual(['z']);
  });

  it('is over once its author came in another way', async () => {
    await ask('zoe');
    await world.groups.update(by('ann', { groupId, joinPolicy: 'open' as const }));
    expect(await ask('zoe')).toEqual({ status: 'joined' });
    expect(await list()).toEqual([]);
    await approve('ann', 'zoe');
    expect(await refusal(reject('ann', 'zoe'))).toBe('not_found');
  });

  it('is listed page by page, oldest first', async () => {
    for (const userId of ['x', 'w', 'z']) {
      await ask(userId);
      world.clock.at += 1000;
    }
    const first = await world.requests.list(by('ann', { groupId, limit: 2 }));
    const second = await world.requests.list(by('ann', { groupId, limit: 2, cursor: first.nextCursor as string }));
    expect([...first.items, ...second.items].map((wish) => wish.userId)).toEqual(['x', 'w', 'z']);
    expect(second.nextCursor).toBeNull();
  });
});
