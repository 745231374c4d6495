import { newId } from '@dunlin/platform';
import { UserWorld } from '../testing/user-world.js';
import { UserOutboxRow } from '../user.schema.js';
import { aggregateOf } from './ties.service.js';

type Person = Awaited<ReturnType<UserWorld['person']>>;

describe('Two people', () => {
  let world: UserWorld;
  let ann: Person;
  let bob: Person;
  beforeEach(async () => {
    world = await UserWorld.open();
    [ann, bob] = [await world.person('ann'), await world.person('bob')];
  });
  afterEach(() => world.close());

  const befriend = async (): Promise<void> => {
    const { id } = await world.ask(ann, bob);
    await world.requests.accept(newId(), bob, id);
  };

  it('become friends when one asks and the other accepts, once, however often', async () => {
    const request = await world.ask(ann, bob, 'Hello');
    expect(request).toMatchObject({ status: 'pending', message: 'Hello', from: { username: 'ann' } });
    await Promise.all([1, 2].map(() => world.requests.accept(newId(), bob, request.id)));
    expect(await world.friends.ids(ann.userId)).toEqual([bob.userId]);
    expect(await world.friends.ids(bob.userId)).toEqual([ann.userId]);
    expect(world.log.ties.map(({ version, friends }) => [version, friends])).toEqual([[1, true]]);
    expect(world.bus.of('user.friend-added')).toHaveLength(1);
    expect(world.relations.friendships).toHaveLength(1);
  });

  it('become friends when their requests cross, whichever comes first', async () => {
    const answers = await Promise.all([world.ask(ann, bob), world.ask(bob, ann)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['accepted', 'pending']);
    expect(await world.friends.ids(ann.userId)).toEqual([bob.userId]);
    expect((await world.requests.list(bob.userId, { direction: 'incoming', limit: 10 })).items).toEqual([]);
  });

  it('a pending request that is sent again is the same one', async () => {
    const [first, again] = [await world.ask(ann, bob), await world.ask(ann, bob)];
    expect(again.id).toBe(first.id);
    expect(world.bus.of('user.friend-requested')).toHaveLength(1);
  });

  it('cannot become friends twice, with oneself, or with nobody', async () => {
    await befriend();
    await expect(world.ask(bob, ann)).rejects.toMatchObject({ code: 'conflict' });
    await expect(world.ask(ann, ann)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(world.requests.create(newId(), ann, { username: 'zoe', message: '' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('become no friends by what only looks like a name to a database', async () => {
    await world.person('kim');
    for (const username of ['kim ', '\u212Aim'])
      await expect(world.requests.create(newId(), ann, { username, message: '' })).rejects.toMatchObject({
        code: 'not_found',
      });
    await expect(world.requests.create(newId(), ann, { username: 'KIM', message: '' })).resolves.toBeDefined();
  });

  it('a request is accepted by whom it went to and withdrawn by whom it came from', async () => {
    const { id } = await world.ask(ann, bob);
    await expect(world.requests.accept(newId(), ann, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.requests.withdraw(newId(), bob, id)).rejects.toMatchObject({ code: 'not_found' });
    await world.requests.withdraw(newId(), ann, id);
    await expect(world.requests.accept(newId(), bob, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('a declined request can be followed by another', async () => {
    const { id } = await world.ask(ann, bob);
    expect((await world.requests.decline(newId(), bob, id)).status).toBe('declined');
    await expect(world.requests.accept(newId(), bob, id)).rejects.toMatchObject({ code: 'conflict' });
    expect((await world.ask(ann, bob)).id).not.toBe(id);
  });

  it('lose the friendship on both sides', async () => {
    await befriend();
    await world.friends.remove(newId(), bob, ann.userId);
    await world.friends.remove(newId(), ann, bob.userId);
    expect(await world.friends.ids(ann.userId)).toEqual([]);
    expect(world.bus.of('user.friend-removed')).toHaveLength(1);
    expect(world.log.ties.at(-1)).toMatchObject({ version: 2, friends: false });
  });

  it('a block ends friendship and requests, stops new ones both ways, and lifting it does not bring them back', async () => {
    await befriend();
    await world.friends.block(newId(), bob, ann.userId);
    expect(world.log.ties.at(-1)).toMatchObject({ friends: false, blockedBy: [bob.userId] });
    await expect(world.ask(ann, bob)).rejects.toMatchObject({ code: 'blocked' });
    await expect(world.ask(bob, ann)).rejects.toMatchObject({ code: 'blocked' });
    expect((await world.friends.listBlocks(bob.userId, { limit: 10 })).items[0]?.user.username).toBe('ann');
    expect((await world.friends.listBlocks(ann.userId, { limit: 10 })).items).toEqual([]);
    await world.friends.unblock(newId(), bob, ann.userId);
    expect(await world.friends.ids(ann.userId)).toEqual([]);
    await expect(world.ask(ann, bob)).resolves.toMatchObject({ status: 'pending' });
  });

  it('are listed page by page, newest first', async () => {
    for (const name of ['c01', 'c02', 'c03']) {
      world.clock.at += 1000;
      const other = await world.person(name);
      const { id } = await world.ask(ann, other);
      await world.requests.accept(newId(), other, id);
    }
    const first = await world.friends.list(ann.userId, { limit: 2 });
    const rest = await world.friends.list(ann.userId, { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...rest.items].map(({ user }) => user.username)).toEqual(['c03', 'c02', 'c01']);
    expect(rest.nextCursor).toBeNull();
  });

  it('who are cut off from the log are told to try again, and are friends everywhere once it is back', async () => {
    const { id } = await world.ask(ann, bob);
    const call = jest.spyOn(world.log, 'call').mockRejectedValueOnce(new Error('away'));
    await expect(world.requests.accept(newId(), bob, id)).rejects.toMatchObject({ code: 'unavailable' });
    expect(world.bus.of('user.friend-added')).toHaveLength(0);
    await expect(world.requests.accept(newId(), bob, id)).resolves.toMatchObject({ status: 'accepted' });
    expect(world.log.ties.at(-1)).toMatchObject({ version: 1, friends: true });
    expect(world.bus.of('user.friend-added')).toHaveLength(1);
    call.mockRestore();
  });

  it('who are cut off from the log are told of on all their devices once it is back, though nobody asks again', async () => {
    const { id } = await world.ask(ann, bob);
    const told = { userId: bob.userId, otherId: ann.userId, toBoth: false };
    const call = jest.spyOn(world.log, 'call').mockRejectedValueOnce(new Error('away'));
    await expect(world.requests.accept(newId(), bob, id)).rejects.toMatchObject({ code: 'unavailable' });
    call.mockRestore();
    expect(world.bus.of('user.tie-changed')).not.toContainEqual(told);
    // whatever is told next of the two goes out behind what waits
    await world.friends.unblock(newId(), ann, bob.userId);
    expect(world.bus.of('user.tie-changed')).toContainEqual(told);
  });

  it('are told of to nobody, and not written down, when nothing has changed', async () => {
    await befriend();
    await world.friends.block(newId(), ann, bob.userId);
    const told = world.bus.of('user.tie-changed').length;
    const writes = jest.spyOn(world.db, 'transaction');
    await world.friends.block(newId(), ann, bob.userId);
    await world.friends.remove(newId(), ann, bob.userId);
    await world.friends.unblock(newId(), bob, ann.userId);
    expect(writes).toHaveBeenCalledTimes(3);
    expect(world.bus.of('user.tie-changed')).toHaveLength(told);
    await world.friends.unblock(newId(), ann, bob.userId);
    expect(world.bus.of('user.tie-changed')).toHaveLength(told + 1);
  });

  it('do not become friends again, or strangers, by a late repeat of what has been undone since', async () => {
    const repeat = async (tie: object | undefined, announce: 'added' | 'removed'): Promise<void> => {
      const row = { id: newId(), position: 1, type: 'tie-changed', createdAt: 0 };
      const aggregate = aggregateOf(ann.userId, bob.userId);
      const payload = JSON.stringify({ tie, announce });
      await world.db.transaction((tx) => tx.insert(UserOutboxRow, { ...row, aggregate, payload }));
      await world.friends.unblock(newId(), ann, bob.userId);
    };
    await befriend();
    const friends = world.log.ties.at(-1);
    await world.friends.remove(newId(), ann, bob.userId);
    const strangers = world.log.ties.at(-1);
    await repeat(friends, 'added');
    expect(world.relations.friendships.at(-1)?.[2]).toBe(false);
    expect(world.bus.of('user.friend-added')).toHaveLength(1);
    await befriend();
    await repeat(strangers, 'removed');
    expect(world.relations.friendships.at(-1)?.[2]).toBe(true);
    expect(world.bus.of('user.friend-removed')).toHaveLength(1);
  });

  it('each act once when Kafka delivers what they ask twice', async () => {
    const [asking, blocking] = [newId(), newId()];
    const ask = (): Promise<{ id: string }> =>
      world.requests.create(asking, ann, { userId: bob.userId, message: 'Hello' });
    expect((await ask()).id).toBe((await ask()).id);
    await world.friends.block(blocking, bob, ann.userId);
    await world.friends.unblock(newId(), bob, ann.userId);
    await world.friends.block(blocking, bob, ann.userId);
    expect(world.log.ties.at(-1)).toMatchObject({ version: 2, blockedBy: [] });
  });

  it('cannot end up as friends and blocked at once, whichever comes first', async () => {
    const { id } = await world.ask(ann, bob);
    await Promise.allSettled([
      world.requests.accept(newId(), bob, id),
      world.friends.block(newId(), ann, bob.userId),
      world.ask(bob, ann),
    ]);
    expect(await world.friends.ids(ann.userId)).toEqual([]);
    expect(world.log.ties.at(-1)).toMatchObject({ friends: false, blockedBy: [ann.userId] });
  });
});
