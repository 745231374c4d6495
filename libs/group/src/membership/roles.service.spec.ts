import type { GroupId } from '@dunlin/contracts';
import { by, GroupWorld, refusal } from '../testing/group-world.js';

const HOUR = 3_600_000;

describe('Roles', () => {
  let world: GroupWorld;
  let groupId: GroupId;
  const setRole = (actor: string, userId: string, role: 'admin' | 'member') =>
    world.roles.updateMember(by(actor, { groupId, userId: userId as never, role }));
  const mute = (actor: string, userId: string, mutedUntil: string | null) =>
    world.roles.updateMember(by(actor, { groupId, userId: userId as never, mutedUntil }));
  const transfer = (actor: string, userId: string) =>
    world.roles.transfer(by(actor, { groupId, userId: userId as never }));
  const inAnHour = () => new Date(world.clock.at + HOUR).toISOString();

  beforeEach(async () => {
    world = await GroupWorld.open();
    groupId = await world.found('open', 'ben', 'cleo', 'dan');
  });
  afterEach(() => world.close());

  it('are given and taken by the owner alone', async () => {
    expect(await setRole('ann', 'ben', 'admin')).toMatchObject({ userId: 'ben', role: 'admin', mutedUntil: null });
    expect(world.log.lines(groupId).at(-1)).toBe('role_changed ben');
    expect(world.bus.updated.at(-1)?.adminIds).toEqual(['ben']);
    expect(await refusal(setRole('ben', 'cleo', 'admin'))).toBe('forbidden');
    expect(await refusal(setRole('cleo', 'dan', 'admin'))).toBe('forbidden');
    expect(await refusal(setRole('ann', 'ann', 'member'))).toBe('forbidden');
    expect(await refusal(setRole('ann', 'zoe', 'admin'))).toBe('not_found');
    await setRole('ann', 'ben', 'member');
    expect(world.bus.updated.at(-1)?.adminIds).toEqual([]);
  });

  it('let admins silence members until a time, of which the log learns and the conversation does not', async () => {
    await setRole('ann', 'ben', 'admin');
    const lines = world.log.lines(groupId).length;
    const updates = world.bus.updated.length;
    const until = inAnHour();
    expect(await mute('ben', 'cleo', until)).toMatchObject({ mutedUntil: until });
    expect(world.log.changes.at(-1)).toMatchObject({ muted: { userId: 'cleo', until }, announcements: [] });
    expect(world.log.lines(groupId)).toHaveLength(lines);
    // so that the devices of the one who is silenced, and of the other admins, look again
    expect(world.bus.updated).toHaveLength(updates + 1);
    expect(world.bus.updated.at(-1)).toMatchObject({ mute: { userId: 'cleo', until } });
    expect(await world.directory.get(groupId, 'cleo' as never)).toMatchObject({ mutedUntil: until });
    // nobody else is told
    for (const other of ['ann', 'ben', 'zoe'])
      expect(await world.directory.get(groupId, other as never)).not.toHaveProperty('mutedUntil');
    expect(await mute('ben', 'cleo', null)).toMatchObject({ mutedUntil: null });
    expect(world.log.changes.at(-1)).toMatchObject({ muted: { userId: 'cleo', until: null } });
    expect(world.bus.updated.at(-1)).toMatchObject({ mute: { userId: 'cleo', until: null } });
    expect(await refusal(mute('ben', 'ann', until))).toBe('forbidden');
    expect(await refusal(mute('cleo', 'dan', until))).toBe('forbidden');
    expect(await mute('ann', 'ben', until)).toMatchObject({ role: 'admin', mutedUntil: until });
  });

  it('refuse a silence that ends in the past, and change nothing else with it', async () => {
    const past = new Date(world.clock.at).toISOString();
    const request = by('ann', { groupId, userId: 'ben' as never, role: 'admin' as const, mutedUntil: past });
    expect(await refusal(world.roles.updateMember(request))).toBe('validation_failed');
    expect((await world.rolesOf(groupId))['ben']).toBe('member');
  });

  it('show no silence that is over', async () => {
    await mute('ann', 'ben', inAnHour());
    world.clock.at += HOUR;
    const page = await world.roster.list(by('ann', { groupId, limit: 50 }));
    expect(page.items.find((member) => member.userId === 'ben')?.mutedUntil).toBeNull();
  });

  it('do not let anybody end their silence by leaving and coming back', async () => {
    const until = inAnHour();
    await mute('ann', 'ben', until);
    await world.membership.leave(by('ben', { groupId }));
    await world.membership.join(by('ben', { groupId, message: '' }));
    expect(world.log.changes.at(-1)).toMatchObject({ joined: ['ben'], muted: { userId: 'ben', until } });
    await world.membership.leave(by('ben', { groupId }));
    await world.membership.addMembers(by('ann', { groupId, userIds: ['ben' as never] }));
    expect(world.log.changes.at(-1)?.muted).toBeUndefined();
    await world.membership.leave(by('ben', { groupId }));
    await world.membership.join(by('ben', { groupId, message: '' }));
    expect(world.log.changes.at(-1)?.muted).toBeUndefined();
  });

  it('pass the group on: the member owns it, the owner stays as an admin', async () => {
    await mute('ann', 'ben', inAnHour());
    expect(await transfer('ann', 'ben')).toMatchObject({ ownerId: 'ben', myRole: 'admin' });
    expect(await world.rolesOf(groupId)).toMatchObject({ ann: 'admin', ben: 'owner' });
    expect(world.log.lines(groupId).at(-1)).toBe('owner_changed ben');
    expect(world.log.changes.at(-1)?.muted).toEqual({ userId: 'ben', until: null });
    expect(world.bus.updated.at(-1)).toMatchObject({ card: { ownerId: 'ben' }, adminIds: ['ann'] });
    expect(await refusal(transfer('ann', 'cleo'))).toBe('forbidden');
    await world.membership.leave(by('ann', { groupId }));
    expect(await refusal(transfer('ben', 'ann'))).toBe('not_found');
    expect(await refusal(transfer('ben', 'ben'))).toBe('forbidden');
    expect(await refusal(transfer('ann', 'ben'))).toBe('not_a_member');
  });

  it('leave one owner when two transfers race, or the heir leaves', async () => {
    const outcomes = await Promise.all([refusal(transfer('ann', 'ben')), refusal(transfer('ann', 'cleo'))]);
    expect(outcomes.sort()).toEqual(['forbidden', 'none']);
    const owners = Object.entries(await world.rolesOf(groupId)).filter(([, role]) => role === 'owner');
    expect(owners).toHaveLength(1);
    const owner = owners[0]?.[0] as string;
    const [handed, left] = await Promise.all([
      refusal(transfer(owner, 'dan')),
      refusal(world.membership.leave(by('dan', { groupId }))),
    ]);
    expect([
      ['none', 'conflict'],
      ['not_found', 'none'],
    ]).toContainEqual([handed, left]);
    expect(Object.values(await world.rolesOf(groupId)).filter((role) => role === 'owner')).toHaveLength(1);
  });
});
