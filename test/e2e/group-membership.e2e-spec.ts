import type { GroupCard, JoinRequest, Member, Message, MessagePage, Page } from '@dunlin/contracts/wire';
import { expectProblem } from '../support/expectations.js';
import { nobody, unique } from '../support/names.js';
import { befriend, people, person, type Person } from '../support/person.js';

const history = async (who: Person, group: GroupCard): Promise<Message[]> =>
  (await who.ok<MessagePage>('GET', `/conversations/${group.conversationId}/messages?afterSeq=0&limit=200`)).messages;
const systemEvents = async (who: Person, group: GroupCard): Promise<object[]> =>
  (await history(who, group))
    .filter(({ type }) => type === 'system')
    .map(({ senderId, content }) => ({ senderId, ...content }));
const rolesIn = async (who: Person, group: GroupCard): Promise<Record<string, string>> => {
  const { items } = await who.ok<Page<Member>>('GET', `/groups/${group.id}/members`);
  return Object.fromEntries(items.map(({ user, role }) => [user.id, role]));
};
const join = (who: Person, group: { id: string }, message?: string) =>
  who.http<{ status: string }>('POST', `/groups/${group.id}/join`, { message });

describe('Joining', () => {
  it('an open group works at once, is told to all, and again does no harm', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([]);
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const first = await join(ben, group);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({ status: 'joined' });
    expect((await join(ben, group)).body).toEqual({ status: 'joined' });
    expect(await benDevice.waitFor('group:joined')).toMatchObject({ id: group.id, myRole: 'member', memberCount: 2 });
    expect(await annDevice.waitFor('group:updated')).toMatchObject({ id: group.id, memberCount: 2, myRole: 'owner' });
    await annDevice.waitForMessage(({ content }) => 'event' in content && content.event === 'member_joined');
    expect(await systemEvents(ann, group)).toEqual([
      { senderId: ann.id, event: 'created', name: group.name },
      { senderId: ben.id, event: 'member_joined', userId: ben.id },
    ]);
  });

  it('a group by approval waits for an admin, who lets in or turns away', async () => {
    const [ann, ben, cy, dora] = await people('ann', 'ben', 'cy', 'dora');
    const group = await ann.makeGroup([dora], { joinPolicy: 'approval' });
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    expect((await join(ben, group, 'please')).body).toEqual({ status: 'pending' });
    expect((await join(ben, group, 'pretty please')).body).toEqual({ status: 'pending' });
    expect((await join(ben, group)).body).toEqual({ status: 'pending' });
    expect((await join(cy, group)).body).toEqual({ status: 'pending' });
    expect(await annDevice.waitFor('group:requests', ({ waiting }) => waiting === 2)).toMatchObject({
      groupId: group.id,
    });
    const path = `/groups/${group.id}/join-requests`;
    const waiting = await ann.ok<Page<JoinRequest>>('GET', path);
    expect(waiting.items).toHaveLength(2);
    expect(waiting.items[0]).toEqual({
      user: ben.user,
      message: 'pretty please',
      createdAt: expect.stringMatching(/Z$/),
    });
    expectProblem(await dora.http('GET', path), 'forbidden');
    expectProblem(await dora.http('POST', `${path}/${ben.id}/approve`), 'forbidden');
    expectProblem(await ben.http('POST', `${path}/${ben.id}/approve`), 'not_a_member');
    expect((await ann.http('POST', `${path}/${ben.id}/approve`)).status).toBeLessThan(300);
    expect((await ann.http('POST', `${path}/${ben.id}/approve`)).status).toBeLessThan(300);
    expect((await ann.http('POST', `${path}/${cy.id}/reject`)).status).toBeLessThan(300);
    await annDevice.waitFor('group:requests', ({ waiting }) => waiting === 0);
    await benDevice.settle();
    expect(benDevice.all('group:requests')).toEqual([]);
    expectProblem(await ann.http('POST', `${path}/${nobody()}/approve`), 'not_found');
    expect(await benDevice.waitFor('group:joined')).toMatchObject({ id: group.id });
    expect((await ann.ok<Page<JoinRequest>>('GET', path)).items).toEqual([]);
    expect(Object.keys(await rolesIn(ann, group)).sort()).toEqual([ann.id, ben.id, dora.id].sort());
    expect((await join(cy, group)).body).toEqual({ status: 'pending' });
  });

  it('a request shows on the group’s card to the one who waits, until it is answered', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([], { joinPolicy: 'approval', name: unique('flock') });
    const cardsOf = async (who: Person): Promise<GroupCard[]> => [
      await who.ok<GroupCard>('GET', `/groups/${group.id}`),
      ...(await who.ok<Page<GroupCard>>('GET', `/group-directory?q=${group.name}`)).items,
    ];
    const answer = (what: 'approve' | 'reject') =>
      ann.http('POST', `/groups/${group.id}/join-requests/${ben.id}/${what}`);
    await join(ben, group, 'please');
    const [asked] = (await ann.ok<Page<JoinRequest>>('GET', `/groups/${group.id}/join-requests`)).items;
    expect((await cardsOf(ben)).map((card) => card.joinRequestedAt)).toEqual([asked?.createdAt, asked?.createdAt]);
    for (const other of [ann, cy])
      for (const card of await cardsOf(other)) expect(card).not.toHaveProperty('joinRequestedAt');
    await answer('reject');
    for (const card of await cardsOf(ben)) expect(card).not.toHaveProperty('joinRequestedAt');
    await join(ben, group);
    for (const card of await cardsOf(ben)) expect(card).toHaveProperty('joinRequestedAt');
    await answer('approve');
    for (const card of await cardsOf(ben)) {
      expect(card).toMatchObject({ myRole: 'member' });
      expect(card).not.toHaveProperty('joinRequestedAt');
    }
  });

  it('pages through the requests', async () => {
    const [ann, ...others] = await people('ann', 'b', 'c', 'd');
    const group = await ann.makeGroup([], { joinPolicy: 'approval' });
    for (const other of others) await join(other, group);
    const path = `/groups/${group.id}/join-requests?limit=2`;
    const first = await ann.ok<Page<JoinRequest>>('GET', path);
    const second = await ann.ok<Page<JoinRequest>>('GET', `${path}&cursor=${first.nextCursor}`);
    const seen = [...first.items, ...second.items].map(({ user }) => user.id);
    expect(seen.sort()).toEqual(others.map(({ id }) => id).sort());
    expectProblem(await ann.http('GET', `${path}&cursor=!!`), 'validation_failed');
  });

  it('a group by invitation, or none at all, is not found', async () => {
    const [ann, ben] = await people('ann', 'ben');
    expectProblem(await join(ben, await ann.makeGroup([], { joinPolicy: 'invite' })), 'not_found');
    expectProblem(await join(ben, { id: nobody() }), 'not_found');
  });

  it('takes no long message', async () => {
    const [ann, ben] = await people('ann', 'ben');
    expectProblem(await join(ben, await ann.makeGroup(), 'x'.repeat(201)), 'validation_failed', 'message');
  });
});

describe('Leaving', () => {
  it('is told to all devices and to the others, and is no way out for the owner', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([ben]);
    const [annDevice, one, two] = await Promise.all([ann.connect(), ben.connect(), ben.connect()]);
    expect((await ben.http('POST', `/groups/${group.id}/leave`)).status).toBe(204);
    for (const device of [one, two])
      expect(await device.waitFor('group:left')).toEqual({ groupId: group.id, reason: 'left' });
    const news = await annDevice.waitForMessage(({ type }) => type === 'system');
    expect(news).toMatchObject({ senderId: ben.id, content: { event: 'member_left', userId: ben.id } });
    expect(await annDevice.waitFor('group:updated')).toMatchObject({ memberCount: 1 });
    expectProblem(await ben.http('POST', `/groups/${group.id}/leave`), 'not_a_member');
    expectProblem(await ann.http('POST', `/groups/${group.id}/leave`), 'conflict');
    expect(await rolesIn(ann, group)).toEqual({ [ann.id]: 'owner' });
  });
});

describe('Kicking', () => {
  it('takes a member out and tells why', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const [benDevice, cyDevice] = await Promise.all([ben.connect(), cy.connect()]);
    expect((await ann.http('DELETE', `/groups/${group.id}/members/${ben.id}`)).status).toBe(204);
    expect(await benDevice.waitFor('group:left')).toEqual({ groupId: group.id, reason: 'kicked' });
    const news = await cyDevice.waitForMessage(({ type }) => type === 'system');
    expect(news).toMatchObject({ senderId: ann.id, content: { event: 'member_kicked', userId: ben.id } });
    expectProblem(await ann.http('DELETE', `/groups/${group.id}/members/${ben.id}`), 'not_found');
    await benDevice.settle();
    expect(benDevice.messages()).toEqual([]);
  });

  it('goes down the ranks only', async () => {
    const [ann, ben, cy, dora] = await people('owner', 'adminB', 'adminC', 'member');
    const group = await ann.makeGroup([ben, cy, dora]);
    for (const admin of [ben, cy]) await ann.ok('PATCH', `/groups/${group.id}/members/${admin.id}`, { role: 'admin' });
    const kick = (who: Person, whom: Person) => who.http('DELETE', `/groups/${group.id}/members/${whom.id}`);
    for (const [who, whom] of [
      [dora, ann],
      [dora, ben],
      [dora, dora],
      [ben, ann],
      [ben, cy],
      [ben, ben],
      [ann, ann],
    ] as const)
      expectProblem(await kick(who, whom), 'forbidden');
    expect(Object.keys(await rolesIn(ann, group))).toHaveLength(4);
    expect((await kick(ben, dora)).status).toBe(204);
    expect((await kick(ann, cy)).status).toBe(204);
    expect(await rolesIn(ann, group)).toEqual({ [ann.id]: 'owner', [ben.id]: 'admin' });
  });
});

describe('Roles', () => {
  it('are given and taken by the owner alone', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const benDevice = await ben.connect();
    const set = (who: Person, whom: Person, role: unknown) =>
      who.http<Member>('PATCH', `/groups/${group.id}/members/${whom.id}`, { role });
    const { body } = await set(ann, ben, 'admin');
    expect(body).toEqual({ user: ben.user, role: 'admin', mutedUntil: null, joinedAt: expect.any(String) });
    expect(await benDevice.waitFor('group:updated', ({ myRole }) => myRole === 'admin')).toMatchObject({
      id: group.id,
    });
    expectProblem(await set(ben, cy, 'admin'), 'forbidden');
    expectProblem(await set(ben, ann, 'member'), 'forbidden');
    expectProblem(await set(ben, ben, 'member'), 'forbidden');
    expectProblem(await set(ann, ann, 'member'), 'forbidden');
    expectProblem(await set(ann, cy, 'owner'), 'validation_failed', 'role');
    expectProblem(await ann.http('PATCH', `/groups/${group.id}/members/${nobody()}`, { role: 'admin' }), 'not_found');
    expect((await set(ann, ben, 'member')).body.role).toBe('member');
    expect(await rolesIn(cy, group)).toEqual({ [ann.id]: 'owner', [ben.id]: 'member', [cy.id]: 'member' });
  });
});

describe('Silencing', () => {
  const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

  it('stops a member’s messages until it ends, whatever way they come', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([ben]);
    const device = await ben.connect();
    const until = inAnHour();
    const mute = (mutedUntil: string | null) =>
      ann.http<Member>('PATCH', `/groups/${group.id}/members/${ben.id}`, { mutedUntil });
    const annDevice = await ann.connect();
    expect((await mute(until)).body.mutedUntil).toBe(until);
    // said to them, and to nobody else
    expect(await device.waitFor('group:updated')).toMatchObject({ myRole: 'member', mutedUntil: until });
    expect(await annDevice.waitFor('group:updated')).not.toHaveProperty('mutedUntil');
    expect(await ben.ok('GET', `/groups/${group.id}`)).toMatchObject({ mutedUntil: until });
    expect(await ben.ok('GET', `/conversations/${group.conversationId}`)).toMatchObject({
      group: { mutedUntil: until },
    });
    expect(await ann.ok('GET', `/groups/${group.id}`)).not.toHaveProperty('mutedUntil');
    expect(await device.refused({ toGroupId: group.id })).toBe('muted');
    expect(await device.refused({ conversationId: group.conversationId })).toBe('muted');
    const body = { clientMsgId: 'over-http', type: 'text', content: { text: 'x' } };
    expectProblem(await ben.http('POST', `/conversations/${group.conversationId}/messages`, body), 'muted');
    expect((await mute(null)).body.mutedUntil).toBeNull();
    await device.waitFor('group:updated', ({ mutedUntil }) => mutedUntil === null);
    expect(await ben.ok('GET', `/groups/${group.id}`)).not.toHaveProperty('mutedUntil');
    await device.say({ toGroupId: group.id }, 'at last');
  });

  it('goes down the ranks only', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    await ann.ok('PATCH', `/groups/${group.id}/members/${ben.id}`, { role: 'admin' });
    const mute = (who: Person, whom: Person) =>
      who.http<Member>('PATCH', `/groups/${group.id}/members/${whom.id}`, { mutedUntil: inAnHour() });
    for (const [who, whom] of [
      [cy, ben],
      [cy, cy],
      [ben, ann],
      [ben, ben],
      [ann, ann],
    ] as const)
      expectProblem(await mute(who, whom), 'forbidden');
    expect((await mute(ben, cy)).status).toBe(200);
    expect((await mute(ann, ben)).status).toBe(200);
  });

  it.each(['tomorrow', '2020-01-01T00:00:00.000Z', '2099-02-30T00:00:00.000Z', 4_102_444_800_000, '', '2099-01-01'])(
    'takes no %p for a time',
    async (mutedUntil) => {
      const [ann, ben] = await people('ann', 'ben');
      const group = await ann.makeGroup([ben]);
      const reply = await ann.http('PATCH', `/groups/${group.id}/members/${ben.id}`, { mutedUntil });
      expectProblem(reply, 'validation_failed', 'mutedUntil');
    },
  );

  it('is not escaped by leaving and joining again', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([ben]);
    await ann.ok('PATCH', `/groups/${group.id}/members/${ben.id}`, { mutedUntil: inAnHour() });
    await ben.ok('POST', `/groups/${group.id}/leave`);
    await join(ben, group);
    expect(await (await ben.connect()).refused({ toGroupId: group.id })).toBe('muted');
  });
});

describe('Handing a group over', () => {
  it('makes a member the owner, and lets the old one go', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const benDevice = await ben.connect();
    const transfer = (who: Person, userId: unknown) =>
      who.http<GroupCard>('POST', `/groups/${group.id}/transfer`, { userId });
    expectProblem(await transfer(ben, ben.id), 'forbidden');
    expectProblem(await transfer(ann, nobody()), 'not_found');
    expectProblem(await transfer(ann, ann.id), 'forbidden');
    expectProblem(await transfer(ann, 7), 'validation_failed', 'userId');
    const { status, body } = await transfer(ann, ben.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: group.id, ownerId: ben.id });
    expect(body.myRole).not.toBe('owner');
    expect(await benDevice.waitFor('group:updated')).toMatchObject({ ownerId: ben.id, myRole: 'owner' });
    expect(await systemEvents(cy, group)).toContainEqual({ senderId: ann.id, event: 'owner_changed', userId: ben.id });
    expectProblem(await transfer(ann, cy.id), 'forbidden');
    expect((await ann.http('POST', `/groups/${group.id}/leave`)).status).toBe(204);
  });
});

describe('Dissolving', () => {
  it('is for the owner, tells every member, and leaves nothing to find', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    await ann.ok('PATCH', `/groups/${group.id}/members/${ben.id}`, { role: 'admin' });
    const devices = await Promise.all([ann.connect(), ben.connect(), cy.connect()]);
    for (const who of [ben, cy]) expectProblem(await who.http('DELETE', `/groups/${group.id}`), 'forbidden');
    expect((await ann.http('DELETE', `/groups/${group.id}`)).status).toBe(204);
    for (const device of devices)
      expect(await device.waitFor('group:left')).toEqual({ groupId: group.id, reason: 'dissolved' });
    for (const who of [ann, ben, cy]) {
      expectProblem(await who.http('GET', `/groups/${group.id}`), 'not_found');
      expectProblem(await who.http('GET', `/conversations/${group.conversationId}`), 'not_found');
      expectProblem(await who.http('GET', `/conversations/${group.conversationId}/messages`), 'not_found');
      expect((await who.ok<Page<GroupCard>>('GET', '/groups')).items).toEqual([]);
      expectProblem(await join(who, group), 'not_found');
    }
    expect(await (devices[1] as (typeof devices)[1]).refused({ toGroupId: group.id })).toBe('not_found');
    expectProblem(await ann.http('DELETE', `/groups/${group.id}`), 'not_found');
  });
});

it('Renaming, joining, leaving, kicking and handing over stand in the conversation in their order', async () => {
  const [ann, ben, cy] = await people('ann', 'ben', 'cy');
  const group = await ann.makeGroup([ben], { name: 'First' });
  await join(cy, group);
  await ann.ok('PATCH', `/groups/${group.id}`, { name: 'Second' });
  await cy.ok('POST', `/groups/${group.id}/leave`);
  await befriend(ann, cy);
  await ann.ok('POST', `/groups/${group.id}/members`, { userIds: [cy.id] });
  await ann.ok('DELETE', `/groups/${group.id}/members/${cy.id}`);
  await ann.ok('POST', `/groups/${group.id}/transfer`, { userId: ben.id });
  expect(await systemEvents(ann, group)).toEqual([
    { senderId: ann.id, event: 'created', name: 'First' },
    { senderId: ann.id, event: 'member_joined', userId: ben.id },
    { senderId: cy.id, event: 'member_joined', userId: cy.id },
    { senderId: ann.id, event: 'renamed', name: 'Second' },
    { senderId: cy.id, event: 'member_left', userId: cy.id },
    { senderId: ann.id, event: 'member_joined', userId: cy.id },
    { senderId: ann.id, event: 'member_kicked', userId: cy.id },
    { senderId: ann.id, event: 'owner_changed', userId: ben.id },
  ]);
  const seqs = (await history(ann, group)).map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  const stranger = await person();
  expectProblem(await stranger.http('GET', `/conversations/${group.conversationId}/messages`), 'not_found');
});
