import { setImmediate } from 'node:timers/promises';
import type { GroupId } from '@dunlin/contracts';
import { by, GroupWorld, refusal } from '../testing/group-world.js';

describe('What is told of a group’s changes', () => {
  let world: GroupWorld;
  let groupId: GroupId;
  const waiting = async (): Promise<number> => (await world.db.query('SELECT id FROM group_outbox')).length;
  const join = (userId: string) => by(userId, { groupId, message: '' });

  beforeEach(async () => {
    world = await GroupWorld.open();
    groupId = await world.found('open');
  });
  afterEach(() => world.close());

  it('is kept while the log is away, answered as unavailable, and told in order afterwards', async () => {
    world.log.failures = 1;
    expect(await refusal(world.membership.join(join('ben')))).toBe('unavailable');
    expect(await waiting()).toBe(1);
    expect(world.bus.joined).toHaveLength(1);
    await world.membership.join(join('cleo'));
    expect(await waiting()).toBe(0);
    expect(world.log.lines(groupId)).toEqual(['created', 'member_joined ben', 'member_joined cleo']);
    expect(world.log.changes.map((change) => change.version)).toEqual([1, 2, 3]);
    expect(world.bus.joined.map((event) => event.userIds)).toEqual([['ann'], ['ben'], ['cleo']]);
  });

  it('reaches the devices though they could not be told at first', async () => {
    world.bus.failures = 1;
    const request = join('ben');
    expect(await refusal(world.membership.join(request))).toBe('unavailable');
    expect(await world.membership.join(request)).toEqual({ status: 'joined' });
    expect(world.log.lines(groupId)).toEqual(['created', 'member_joined ben']);
    expect(world.bus.joined.map((event) => event.userIds)).toEqual([['ann'], ['ben']]);
    expect(await waiting()).toBe(0);
  });

  it('does not bring back, late, somebody who has left since', async () => {
    world.bus.failures = 1;
    await refusal(world.membership.join(join('ben')));
    await world.membership.leave(by('ben', { groupId }));
    expect(await world.relations.membersOf(groupId)).toEqual(new Set(['ann']));
    expect(world.log.members(groupId)).toEqual(['ann']);
  });

  it('is in the log before the request is answered', async () => {
    let open = (): void => undefined;
    world.log.gate = new Promise((resolve) => (open = resolve));
    let answered = false;
    const joining = world.membership.join(join('ben')).then(() => (answered = true));
    while ((await waiting()) === 0) await setImmediate();
    expect(answered).toBe(false);
    open();
    await joining;
    expect(world.log.members(groupId)).toEqual(['ann', 'ben']);
  });

  it('counts every change by one, those without a line in the conversation too', async () => {
    await world.membership.join(join('ben'));
    const until = new Date(world.clock.at + 1000).toISOString();
    await world.roles.updateMember(by('ann', { groupId, userId: 'ben' as never, mutedUntil: until }));
    await world.groups.update(by('ann', { groupId, joinPolicy: 'invite' as const }));
    await world.groups.update(by('ann', { groupId, name: 'Knot' }));
    expect(world.log.changes.map((change) => [change.version, change.announcements.length])).toEqual([
      [1, 1],
      [2, 1],
      [3, 0],
      [4, 0],
      [5, 1],
    ]);
  });
});
