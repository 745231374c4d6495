import type { GroupId, MediaId } from '@dunlin/contracts';
import { by, GroupWorld, ids, MAX_MEMBERS, refusal } from '../testing/group-world.js';

describe('A group', () => {
  let world: GroupWorld;

  beforeEach(async () => {
    world = await GroupWorld.open();
  });
  afterEach(() => world.close());

  it('is founded with friends, who learn that they are in', async () => {
    world.relations.befriend('ann', 'ben', 'cleo');
    const card = await world.groups.create(
      by('ann', { name: '  Dunlin 🐦', joinPolicy: 'invite' as const, memberIds: ids('ben', 'cleo') }),
    );
    expect(card).toMatchObject({
      name: '  Dunlin 🐦',
      ownerId: 'ann',
      joinPolicy: 'invite',
      memberCount: 3,
      myRole: 'owner',
      avatarUrl: null,
      conversationId: `g${card.id}`,
      createdAt: '2026-11-23T09:00:00.000Z',
    });
    expect(world.log.lines(card.id)).toEqual(['created', 'member_joined ben', 'member_joined cleo']);
    expect(world.log.members(card.id)).toEqual(['ann', 'ben', 'cleo']);
    expect(world.bus.joined).toMatchObject([{ userIds: ['ann', 'ben', 'cleo'], card: { id: card.id, myRole: null } }]);
    expect(await world.relations.membersOf(card.id as GroupId)).toEqual(new Set(['ann', 'ben', 'cleo']));
  });

  it('is not founded with somebody who is no friend', async () => {
    world.relations.befriend('ann', 'ben');
    const founding = world.groups.create(
      by('ann', { name: 'Dunlin', joinPolicy: 'open' as const, memberIds: ids('ben', 'zoe') }),
    );
    expect(await refusal(founding)).toBe('not_friends');
    expect(world.log.changes).toEqual([]);
  });

  it('is not founded past the limit', async () => {
    const many = ids(...Array.from({ length: MAX_MEMBERS }, (_, i) => `friend${i}`));
    world.relations.befriend('ann', ...many);
    const founding = world.groups.create(by('ann', { name: 'Dunlin', joinPolicy: 'open' as const, memberIds: many }));
    expect(await refusal(founding)).toBe('group_full');
    expect(await world.directory.groupIds('ann' as never)).toEqual([]);
  });

  it('is founded once by a request that is delivered twice', async () => {
    const request = by('ann', { name: 'Dunlin', joinPolicy: 'open' as const, memberIds: [] });
    const [first, second] = await Promise.all([world.groups.create(request), world.groups.create(request)]);
    expect(second).toEqual(first);
    expect(await world.directory.groupIds('ann' as never)).toEqual([first.id]);
    expect(world.log.lines(first.id)).toEqual(['created']);
  });

  describe('that its founder asks for again, by the id that they gave to it', () => {
    const asked = (more: { name?: string; memberIds?: string[] } = {}) =>
      by('ann', {
        name: more.name ?? 'Dunlin',
        joinPolicy: 'open' as const,
        memberIds: ids(...(more.memberIds ?? ['ben', 'cleo'])),
        clientGroupId: 'one',
      });
    const groupsOf = (userId: string) => world.directory.groupIds(userId as never);
    beforeEach(() => world.relations.befriend('ann', 'ben', 'cleo'));

    it('is there once, as it is now, whoever is still a friend', async () => {
      const first = await world.groups.create(asked());
      await world.groups.update(by('ann', { groupId: first.id as GroupId, name: 'Knot' }));
      world.relations.part('ann', 'ben');
      expect(await world.groups.create(asked({ memberIds: ['cleo', 'ben'] }))).toEqual({ ...first, name: 'Knot' });
      expect(await groupsOf('ann')).toEqual([first.id]);
      expect(world.log.lines(first.id).filter((line) => line === 'created')).toHaveLength(1);
    });

    it('is there once when it is asked for several times at once', async () => {
      const cards = await Promise.all([1, 2, 3, 4].map(() => world.groups.create(asked())));
      expect(await groupsOf('ann')).toEqual([cards[0]?.id]);
      for (const card of cards) expect(card).toEqual(cards[0]);
      expect(world.bus.joined).toHaveLength(1);
    });

    it('is in the log before that is answered, when the first time could not tell of it', async () => {
      world.log.failures = 1;
      expect(await refusal(world.groups.create(asked()))).toBe('unavailable');
      const card = await world.groups.create(asked());
      expect(world.log.members(card.id)).toEqual(['ann', 'ben', 'cleo']);
    });

    it('is a conflict when something else is asked for by that id', async () => {
      await world.groups.create(asked());
      expect(await refusal(world.groups.create(asked({ name: 'Knot' })))).toBe('idempotency_conflict');
      expect(await refusal(world.groups.create(asked({ memberIds: ['ben'] })))).toBe('idempotency_conflict');
      expect(await groupsOf('ann')).toHaveLength(1);
    });

    it('is another one when somebody else takes the same id', async () => {
      const { id } = await world.groups.create(asked());
      const other = await world.groups.create(by('zoe', { ...asked({ memberIds: [] }).data }));
      expect(other).toMatchObject({ ownerId: 'zoe', myRole: 'owner' });
      expect(other.id).not.toBe(id);
    });

    it('is not founded anew once it was dissolved', async () => {
      const { id } = await world.groups.create(asked());
      await world.groups.dissolve(by('ann', { groupId: id as GroupId }));
      expect(await refusal(world.groups.create(asked()))).toBe('not_found');
    });

    it('takes the id for nothing that was refused', async () => {
      world.relations.part('ann', 'ben');
      expect(await refusal(world.groups.create(asked()))).toBe('not_friends');
      const many = Array.from({ length: MAX_MEMBERS }, (_, i) => `friend${i}`);
      world.relations.befriend('ann', ...many);
      expect(await refusal(world.groups.create(asked({ memberIds: many })))).toBe('group_full');
      expect(await world.groups.create(asked({ memberIds: ['cleo'] }))).toMatchObject({ memberCount: 2 });
    });
  });

  it('gets a new name, picture and policy from its admins, in one change', async () => {
    const groupId = await world.found('open', 'ben');
    await world.promote(groupId, 'ben');
    const card = await world.groups.update(
      by('ben', { groupId, name: 'Knot', joinPolicy: 'approval' as const, avatarMediaId: 'm1' as MediaId }),
    );
    expect(card).toMatchObject({
      name: 'Knot',
      joinPolicy: 'approval',
      avatarUrl: '/api/v1/media/m1',
      myRole: 'admin',
    });
    expect(world.log.changes.at(-1)).toMatchObject({
      actorId: 'ben',
      version: 3,
      announcements: [{ event: 'renamed', name: 'Knot' }, { event: 'avatar_changed' }],
    });
    expect(world.bus.updated.at(-1)).toMatchObject({ card: { name: 'Knot' }, adminIds: ['ben'] });
    expect(await world.groups.update(by('ann', { groupId, avatarMediaId: null }))).toMatchObject({ avatarUrl: null });
  });

  it('says nothing when an edit changes nothing', async () => {
    const groupId = await world.found('open');
    await world.groups.update(by('ann', { groupId, name: 'Dunlin', joinPolicy: 'open' as const, avatarMediaId: null }));
    expect(world.log.changes).toHaveLength(1);
  });

  it('is edited by nobody else', async () => {
    const open = await world.found('open', 'ben');
    const invite = await world.found('invite');
    const rename = (userId: string, groupId: GroupId) =>
      refusal(world.groups.update(by(userId, { groupId, name: 'Mine' })));
    expect(await rename('ben', open)).toBe('forbidden');
    expect(await rename('zoe', open)).toBe('not_a_member');
    expect(await rename('zoe', invite)).toBe('not_found');
    expect(await rename('zoe', 'nowhere' as GroupId)).toBe('not_found');
  });

  it('is dissolved by its owner, and is gone for everybody', async () => {
    const groupId = await world.found('open', 'ben');
    await world.promote(groupId, 'ben');
    expect(await refusal(world.groups.dissolve(by('ben', { groupId })))).toBe('forbidden');
    await world.groups.dissolve(by('ann', { groupId }));
    expect(world.log.changes.at(-1)).toMatchObject({ dissolved: true, announcements: [] });
    expect(world.bus.left).toEqual([{ groupId, userIds: ['ann', 'ben'], reason: 'dissolved' }]);
    expect(await world.relations.membersOf(groupId)).toEqual(new Set());
    for (const refused of [
      world.groups.dissolve(by('ann', { groupId })),
      world.directory.get(groupId, 'ann' as never),
      world.roster.list(by('ann', { groupId, limit: 10 })),
      world.membership.join(by('zoe', { groupId, message: '' })),
    ])
      expect(await refusal(refused)).toBe('not_found');
    expect(await world.directory.groupIds('ben' as never)).toEqual([]);
    expect(await world.directory.memberIds(groupId)).toEqual([]);
    expect(await world.directory.cards('ann' as never, [groupId])).toEqual([]);
  });

  it('takes a join that races its dissolving before it or not at all', async () => {
    for (let round = 0; round < 5; round++) {
      const groupId = await world.found('open');
      const join = world.membership.join(by('zoe', { groupId, message: '' }));
      const [joined] = await Promise.all([refusal(join), world.groups.dissolve(by('ann', { groupId }))]);
      expect(['none', 'not_found']).toContain(joined);
      const told = world.bus.left.find((event) => event.groupId === groupId);
      expect(told?.userIds.includes('zoe' as never)).toBe(joined === 'none');
      expect(world.log.changes.filter((change) => change.groupId === groupId).at(-1)?.dissolved).toBe(true);
      expect(await world.relations.membersOf(groupId)).toEqual(new Set());
    }
  });
});
