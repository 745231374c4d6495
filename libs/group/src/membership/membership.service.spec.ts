import type { GroupId } from '@dunlin/contracts';
import { by, GroupWorld, ids, refusal } from '../testing/group-world.js';

describe('Membership', () => {
  let world: GroupWorld;
  const join = (userId: string, groupId: GroupId) => world.membership.join(by(userId, { groupId, message: '' }));
  const leave = (userId: string, groupId: GroupId) => world.membership.leave(by(userId, { groupId }));
  const kick = (actor: string, groupId: GroupId, userId: string) =>
    world.membership.kick(by(actor, { groupId, userId: userId as never }));
  const add = (actor: string, groupId: GroupId, ...userIds: string[]) =>
    world.membership.addMembers(by(actor, { groupId, userIds: ids(...userIds) }));

  beforeEach(async () => {
    world = await GroupWorld.open();
  });
  afterEach(() => world.close());

  it('comes with joining an open group, and joining again says so', async () => {
    const groupId = await world.found('open');
    expect(await join('zoe', groupId)).toEqual({ status: 'joined' });
    expect(await join('zoe', groupId)).toEqual({ status: 'joined' });
    expect(world.log.lines(groupId)).toEqual(['created', 'member_joined zoe']);
    expect(world.bus.joined.at(-1)).toMatchObject({ userIds: ['zoe'], card: { memberCount: 2 } });
    expect(world.bus.updated).toMatchObject([{ card: { memberCount: 2 } }]);
    expect(await world.relations.membersOf(groupId)).toEqual(new Set(['ann', 'zoe']));
  });

  it('is not to be had in an invite group, whose member is in already', async () => {
    const groupId = await world.found('invite', 'ben');
    expect(await refusal(join('zoe', groupId))).toBe('not_found');
    expect(await refusal(join('zoe', 'nowhere' as GroupId))).toBe('not_found');
    expect(await join('ben', groupId)).toEqual({ status: 'joined' });
  });

  it('ends with leaving, for all but the owner', async () => {
    const groupId = await world.found('open', 'ben');
    expect(await refusal(leave('ann', groupId))).toBe('conflict');
    await leave('ben', groupId);
    expect(world.log.lines(groupId).at(-1)).toBe('member_left ben');
    expect(world.bus.left).toEqual([{ groupId, userIds: ['ben'], reason: 'left' }]);
    expect(world.bus.updated.at(-1)).toMatchObject({ card: { memberCount: 1 } });
    expect(await world.relations.membersOf(groupId)).toEqual(new Set(['ann']));
    expect(await refusal(leave('ben', groupId))).toBe('not_a_member');
    expect(await refusal(leave('zoe', await world.found('invite')))).toBe('not_found');
  });

  it('is given by admins to friends of theirs; others are skipped', async () => {
    const groupId = await world.found('invite', 'ben');
    world.relations.befriend('ben', 'cleo', 'ann');
    expect(await refusal(add('ben', groupId, 'cleo'))).toBe('forbidden');
    await world.promote(groupId, 'ben');
    expect(await add('ben', groupId, 'ann', 'cleo', 'zoe')).toEqual({ added: ['cleo'], skipped: ['ann', 'zoe'] });
    expect(world.log.changes.at(-1)).toMatchObject({
      actorId: 'ben',
      joined: ['cleo'],
      announcements: [{ event: 'member_joined', userId: 'cleo' }],
    });
    const changes = world.log.changes.length;
    expect(await add('ben', groupId, 'cleo')).toEqual({ added: [], skipped: ['cleo'] });
    expect(world.log.changes).toHaveLength(changes);
  });

  it('is given to all that are named or, for want of room, to none', async () => {
    const groupId = await world.found('open', 'ben', 'cleo');
    world.relations.befriend('ann', 'dan', 'eve', 'flo');
    expect(await refusal(add('ann', groupId, 'dan', 'eve', 'flo'))).toBe('group_full');
    expect(await world.directory.memberIds(groupId)).toHaveLength(3);
    expect(await add('ann', groupId, 'dan', 'eve')).toEqual({ added: ['dan', 'eve'], skipped: [] });
  });

  it('has one taker for the last place', async () => {
    const groupId = await world.found('open', 'ben', 'cleo', 'dan');
    const outcomes = await Promise.all(['x', 'y', 'z'].map((userId) => refusal(join(userId, groupId))));
    expect(outcomes.sort()).toEqual(['group_full', 'group_full', 'none']);
    expect((await world.directory.memberIds(groupId)).length).toBe(5);
    expect(world.log.members(groupId)).toHaveLength(5);
  });

  it('ends once for somebody who leaves and is kicked at the same time', async () => {
    const groupId = await world.found('open', 'ben');
    const outcomes = await Promise.all([refusal(leave('ben', groupId)), refusal(kick('ann', groupId, 'ben'))]);
    expect([
      ['none', 'not_found'],
      ['not_a_member', 'none'],
    ]).toContainEqual(outcomes);
    expect(world.bus.left).toHaveLength(1);
    expect(await world.directory.get(groupId, 'ann' as never)).toMatchObject({ memberCount: 1 });
  });

  it('is taken by the roles: admins from members, the owner from all, nobody from themselves or upwards', async () => {
    const groupId = await world.found('open', 'ben', 'cleo', 'dan');
    await world.promote(groupId, 'ben', 'cleo');
    expect(await refusal(kick('dan', groupId, 'ben'))).toBe('forbidden');
    expect(await refusal(kick('ben', groupId, 'ben'))).toBe('forbidden');
    expect(await refusal(kick('ben', groupId, 'cleo'))).toBe('forbidden');
    expect(await refusal(kick('ben', groupId, 'ann'))).toBe('forbidden');
    expect(await refusal(kick('ben', groupId, 'zoe'))).toBe('not_found');
    expect(await refusal(kick('zoe', groupId, 'dan'))).toBe('not_a_member');
    await kick('ben', groupId, 'dan');
    await kick('ann', groupId, 'cleo');
    expect(await world.rolesOf(groupId)).toEqual({ ann: 'owner', ben: 'admin' });
    expect(world.bus.left.map(({ userIds, reason }) => [...userIds, reason])).toEqual([
      ['dan', 'kicked'],
      ['cleo', 'kicked'],
    ]);
    expect(world.log.lines(groupId).slice(-2)).toEqual(['member_kicked dan', 'member_kicked cleo']);
  });

  it('keeps one of an admin and the owner who kick each other at once: the owner', async () => {
    const groupId = await world.found('open', 'ben');
    await world.promote(groupId, 'ben');
    const outcomes = await Promise.all([refusal(kick('ben', groupId, 'ann')), refusal(kick('ann', groupId, 'ben'))]);
    expect(['forbidden', 'not_a_member']).toContain(outcomes[0]);
    expect(outcomes[1]).toBe('none');
    expect(await world.rolesOf(groupId)).toEqual({ ann: 'owner' });
  });

  it('is not lost by either of two admins who kick each other at once', async () => {
    const groupId = await world.found('open', 'ben', 'cleo');
    await world.promote(groupId, 'ben', 'cleo');
    const outcomes = await Promise.all([refusal(kick('ben', groupId, 'cleo')), refusal(kick('cleo', groupId, 'ben'))]);
    expect(outcomes).toEqual(['forbidden', 'forbidden']);
    expect(await world.rolesOf(groupId)).toEqual({ ann: 'owner', ben: 'admin', cleo: 'admin' });
  });

  it('is not taken by an admin who has just been demoted or kicked', async () => {
    const groupId = await world.found('open', 'ben', 'cleo');
    await world.promote(groupId, 'ben');
    const [demotion, kicking] = await Promise.all([
      refusal(world.roles.updateMember(by('ann', { groupId, userId: 'ben' as never, role: 'member' as const }))),
      refusal(kick('ben', groupId, 'cleo')),
    ]);
    expect(demotion).toBe('none');
    const roles = await world.rolesOf(groupId);
    expect(roles).toEqual(
      kicking === 'none' ? { ann: 'owner', ben: 'member' } : { ann: 'owner', ben: 'member', cleo: 'member' },
    );
  });

  it('is listed to members, page by page in the order of joining', async () => {
    const groupId = await world.found('open', 'cleo');
    for (const userId of ['zoe', 'ben']) {
      world.clock.at += 1000;
      await join(userId, groupId);
    }
    const first = await world.roster.list(by('ben', { groupId, limit: 3 }));
    expect(first.items.map((member) => [member.userId, member.role])).toEqual([
      ['ann', 'owner'],
      ['cleo', 'member'],
      ['zoe', 'member'],
    ]);
    const second = await world.roster.list(by('ben', { groupId, limit: 3, cursor: first.nextCursor as string }));
    expect(second.items).toEqual([
      { userId: 'ben', role: 'member', mutedUntil: null, joinedAt: '2026-11-23T09:00:02.000Z' },
    ]);
    expect(second.nextCursor).toBeNull();
    expect(await refusal(world.roster.list(by('x', { groupId, limit: 3 })))).toBe('not_a_member');
    const hidden = await world.found('invite');
    expect(await refusal(world.roster.list(by('x', { groupId: hidden, limit: 3 })))).toBe('not_found');
  });
});
