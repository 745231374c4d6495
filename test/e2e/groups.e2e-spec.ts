import type { GroupCard, Member, MessagePage, Page } from '@dunlin/contracts/wire';
import { expectProblem, outcome } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { newClientMsgId, nobody, unique } from '../support/names.js';
import { befriend, people, person, type Person } from '../support/person.js';

interface Added {
  added: string[];
  skipped: string[];
}

const members = async (who: Person, id: string): Promise<Member[]> =>
  (await who.ok<Page<Member>>('GET', `/groups/${id}/members`)).items;
const rolesIn = async (who: Person, id: string): Promise<Record<string, string>> =>
  Object.fromEntries((await members(who, id)).map(({ user, role }) => [user.id, role]));

describe('Founding a group', () => {
  it('makes the founder its owner and lets friends in from the start, who hear of it', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    await befriend(ann, ben);
    await befriend(ann, cy);
    const devices = await Promise.all([ann.connect(), ben.connect(), cy.connect()]);
    const name = 'Rowing ⛵ <Club> & Co';
    const { status, body: card } = await ann.http<GroupCard>('POST', '/groups', {
      name,
      joinPolicy: 'approval',
      memberIds: [ben.id, cy.id],
    });
    expect(status).toBe(201);
    expect(card).toEqual({
      id: expect.any(String),
      name,
      avatarUrl: null,
      ownerId: ann.id,
      joinPolicy: 'approval',
      memberCount: 3,
      conversationId: expect.any(String),
      myRole: 'owner',
      createdAt: expect.stringMatching(/Z$/),
    });
    for (const [i, device] of devices.entries())
      expect(await device.waitFor('group:joined')).toEqual({ ...card, myRole: i === 0 ? 'owner' : 'member' });
    expect(await rolesIn(ben, card.id)).toEqual({ [ann.id]: 'owner', [ben.id]: 'member', [cy.id]: 'member' });
    const listed = await members(cy, card.id);
    expect(listed.find(({ user }) => user.id === ben.id)).toEqual({
      user: ben.user,
      role: 'member',
      mutedUntil: null,
      joinedAt: expect.stringMatching(/Z$/),
    });
  });

  it('refuses strangers among the members, and then there is no group', async () => {
    const [ann, ben, eve] = await people('ann', 'ben', 'eve');
    await befriend(ann, ben);
    const make = (memberIds: string[]) => ann.http('POST', '/groups', { name: 'No', joinPolicy: 'open', memberIds });
    expectProblem(await make([ben.id, eve.id]), 'not_friends');
    expectProblem(await make([nobody()]), 'not_friends');
    expect((await ann.ok<Page<GroupCard>>('GET', '/groups')).items).toEqual([]);
    expect((await ben.ok<Page<GroupCard>>('GET', '/groups')).items).toEqual([]);
  });

  it('asked for again by the id that the client gave to it, is done once', async () => {
    const [ann, ben, eve] = await people('ann', 'ben', 'eve');
    await befriend(ann, ben);
    const founding = { name: 'Once', joinPolicy: 'open', memberIds: [ben.id], clientGroupId: newClientMsgId() };
    const again = await ann.signInAgain();
    // at once, by two gateways where there are two
    const replies = await Promise.all(
      [ann, again, ann, again].map((who) => who.http<GroupCard>('POST', '/groups', founding)),
    );
    expect(replies.map(outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
    const [card] = replies.map(({ body }) => body);
    for (const { status, body } of replies) expect([status, body]).toEqual([201, card]);
    await ann.ok('PATCH', `/groups/${card?.id}`, { name: 'Renamed' });
    expect(await again.ok('POST', '/groups', founding)).toEqual({ ...card, name: 'Renamed' });
    expect((await ann.ok<Page<GroupCard>>('GET', '/groups')).items.map(({ id }) => id)).toEqual([card?.id]);
    const lines = await ben.ok<MessagePage>('GET', `/conversations/${card?.conversationId}/messages`);
    expect(lines.messages.map(({ content }) => (content as { event: string }).event).sort()).toEqual([
      'created',
      'member_joined',
      'renamed',
    ]);

    expectProblem(await ann.http('POST', '/groups', { ...founding, joinPolicy: 'invite' }), 'idempotency_conflict');
    const others = await eve.ok<GroupCard>('POST', '/groups', { ...founding, memberIds: [] });
    expect(others).toMatchObject({ ownerId: eve.id, memberCount: 1 });
    await ann.ok('DELETE', `/groups/${card?.id}`);
    expectProblem(await ann.http('POST', '/groups', founding), 'not_found');
    expect((await ann.ok<Page<GroupCard>>('GET', '/groups')).items).toEqual([]);
  });

  it.each([
    ['no name', { name: undefined }, 'name'],
    ['a blank name', { name: ' \t ' }, 'name'],
    ['a name with a line feed', { name: 'a\nb' }, 'name'],
    ['a long name', { name: 'x'.repeat(65) }, 'name'],
    ['no policy', { joinPolicy: undefined }, 'joinPolicy'],
    ['an unknown policy', { joinPolicy: 'secret' }, 'joinPolicy'],
    ['a policy named like a part of every object', { joinPolicy: 'toString' }, 'joinPolicy'],
    ['a member id that is a number', { memberIds: ['a', 'b', 'c', 7] }, 'memberIds.3'],
    ['members that are no list', { memberIds: 'a' }, 'memberIds'],
    ['members that are null', { memberIds: null }, 'memberIds'],
    ['an id that is none', { clientGroupId: 'a b' }, 'clientGroupId'],
    ['an id that is null', { clientGroupId: null }, 'clientGroupId'],
    ['an unknown field', { ownerId: 'me' }, 'ownerId'],
  ])('refuses %s', async (_what, wrong, path) => {
    const body = { name: 'Fine', joinPolicy: 'open', ...wrong };
    expectProblem(await (await person()).http('POST', '/groups', body), 'validation_failed', path);
  });
});

describe('A group', () => {
  it('is in the list of its members alone', async () => {
    const [ann, ben, eve] = await people('ann', 'ben', 'eve');
    const first = await ann.makeGroup([ben]);
    const second = await ann.makeGroup([]);
    const ids = async (who: Person) => (await who.ok<Page<GroupCard>>('GET', '/groups')).items.map(({ id }) => id);
    expect((await ids(ann)).sort()).toEqual([first.id, second.id].sort());
    expect(await ids(ben)).toEqual([first.id]);
    expect(await ids(eve)).toEqual([]);
    const page = await ann.ok<Page<GroupCard>>('GET', '/groups?limit=1');
    expect(page.items).toHaveLength(1);
    const rest = await ann.ok<Page<GroupCard>>('GET', `/groups?limit=1&cursor=${page.nextCursor}`);
    expect([...page.items, ...rest.items].map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
    expect(rest.nextCursor).toBeNull();
  });

  it('shows outsiders its card if it is open or by approval, and nothing if it is by invitation', async () => {
    const [ann, eve] = await people('ann', 'eve');
    for (const joinPolicy of ['open', 'approval'] as const) {
      const group = await ann.makeGroup([], { joinPolicy });
      expect(await eve.ok('GET', `/groups/${group.id}`)).toEqual({ ...group, myRole: null });
      expectProblem(await eve.http('GET', `/groups/${group.id}/members`), 'not_a_member');
    }
    const secret = await ann.makeGroup([], { joinPolicy: 'invite' });
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'Mine' }],
      ['DELETE', '', undefined],
      ['GET', '/members', undefined],
      ['POST', '/members', { userIds: [ann.id] }],
      ['DELETE', `/members/${ann.id}`, undefined],
      ['PATCH', `/members/${ann.id}`, { role: 'member' }],
      ['POST', '/transfer', { userId: ann.id }],
      ['POST', '/join', {}],
      ['POST', '/leave', undefined],
      ['GET', '/join-requests', undefined],
      ['POST', `/join-requests/${eve.id}/approve`, undefined],
      ['POST', `/join-requests/${eve.id}/reject`, undefined],
    ] as const) {
      const [real, none] = await Promise.all([
        eve.http(method, `/groups/${secret.id}${path}`, body),
        eve.http(method, `/groups/${nobody()}${path}`, body),
      ]);
      expectProblem(real, 'not_found');
      expect({ ...(real.body as object), traceId: '' }).toEqual({ ...(none.body as object), traceId: '' });
    }
    expect(await ann.ok('GET', `/groups/${secret.id}`)).toEqual(secret);
  });

  it('is changed by its admins, and all members see it on all devices', async () => {
    const [ann, ben, eve] = await people('ann', 'ben', 'eve');
    const group = await ann.makeGroup([ben]);
    const devices = [await ann.connect(), await ann.connect(), await ben.connect()];
    const media = await ann.uploaded(await picture());
    const changed = await ann.ok<GroupCard>('PATCH', `/groups/${group.id}`, {
      name: 'Another name',
      joinPolicy: 'approval',
      avatarMediaId: media.id,
    });
    expect(changed).toEqual({
      ...group,
      name: 'Another name',
      joinPolicy: 'approval',
      avatarUrl: expect.any(String),
      memberCount: 2,
    });
    for (const device of devices)
      expect(await device.waitFor('group:updated')).toMatchObject({
        ...changed,
        myRole: device === devices[2] ? 'member' : 'owner',
      });
    expect((await eve.fetch(changed.avatarUrl as string)).status).toBe(200);
    expectProblem(await ben.http('PATCH', `/groups/${group.id}`, { name: 'Mine now' }), 'forbidden');
    expectProblem(await eve.http('PATCH', `/groups/${group.id}`, { name: 'Mine now' }), 'not_a_member');
    expect((await ann.ok<GroupCard>('GET', `/groups/${group.id}`)).name).toBe('Another name');
  });

  it.each([
    ['a blank name', { name: '  ' }, 'name'],
    ['a policy that is null', { joinPolicy: null }, 'joinPolicy'],
    ['another owner', { ownerId: nobody() }, 'ownerId'],
    ['an avatar that is no id', { avatarMediaId: 7 }, 'avatarMediaId'],
  ])('is not changed by %s', async (_what, body, path) => {
    const ann = await person();
    const group = await ann.makeGroup();
    expectProblem(await ann.http('PATCH', `/groups/${group.id}`, body), 'validation_failed', path);
    expect(await ann.ok('GET', `/groups/${group.id}`)).toEqual(group);
  });

  it('takes no avatar from somebody else’s images', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup();
    const media = await ben.uploaded(await picture());
    expectProblem(await ann.http('PATCH', `/groups/${group.id}`, { avatarMediaId: media.id }), 'not_found');
  });

  it('is changed by an admin who sends back the avatar that another one has chosen', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([ben]);
    const media = await ann.uploaded(await picture());
    await ann.ok('PATCH', `/groups/${group.id}/members/${ben.id}`, { role: 'admin' });
    const { avatarUrl } = await ann.ok<GroupCard>('PATCH', `/groups/${group.id}`, { avatarMediaId: media.id });
    const changed = await ben.ok<GroupCard>('PATCH', `/groups/${group.id}`, { name: 'Knot', avatarMediaId: media.id });
    expect(changed).toMatchObject({ name: 'Knot', avatarUrl });
  });

  it('is found in the directory by the start of its name unless it is by invitation', async () => {
    const tag = unique('Dir ');
    const [ann, eve] = await people('ann', 'eve');
    const open = await ann.makeGroup([], { name: `${tag} open` });
    const approval = await ann.makeGroup([], { name: `${tag} approval`, joinPolicy: 'approval' });
    await ann.makeGroup([], { name: `${tag} secret`, joinPolicy: 'invite' });
    await ann.makeGroup([], { name: `The ${tag}` });
    const find = async (q: string) =>
      (await eve.ok<Page<GroupCard>>('GET', `/group-directory?q=${encodeURIComponent(q)}`)).items;
    const found = await find(tag.toUpperCase());
    expect(found.map(({ id }) => id).sort()).toEqual([open.id, approval.id].sort());
    expect(found[0]).toMatchObject({ myRole: null, memberCount: 1 });
    for (const q of ['%', `${tag}_`, `${tag}%`]) expect(await find(q)).toEqual([]);
    for (const query of ['', 'q=', `q=${'x'.repeat(65)}`, 'q=a&limit=1000', 'q=a&cursor=x', 'q=a&q=b'])
      expectProblem(await eve.http('GET', `/group-directory?${query}`), 'validation_failed');
    await ann.ok('DELETE', `/groups/${open.id}`);
    expect((await find(tag)).map(({ id }) => id)).toEqual([approval.id]);
  });

  it.each([
    ['three bytes each, four times as long when compared', '\u3300'],
    ['four bytes each, three times as long when compared', '\u{1D160}'],
  ])('is found in pages by a name of characters of %s', async (_what, character) => {
    const [ann, eve] = await people('ann', 'eve');
    const tag = unique('Dir ');
    const groups = [];
    for (let i = 0; i < 3; i++) groups.push(await ann.makeGroup([], { name: tag + character.repeat(64 - tag.length) }));
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/group-directory?q=${encodeURIComponent(tag)}&limit=1${cursor ? `&cursor=${cursor}` : ''}`;
      const page: Page<GroupCard> = await eve.ok('GET', path);
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(found.sort()).toEqual(groups.map(({ id }) => id).sort());
  });
});

describe('Adding members', () => {
  it('takes in friends of the one who adds, skips the others, and tells everybody', async () => {
    const [ann, ben, cy, eve] = await people('ann', 'ben', 'cy', 'eve');
    const group = await ann.makeGroup([ben]);
    await befriend(ann, cy);
    const [benDevice, cyDevice] = await Promise.all([ben.connect(), cy.connect()]);
    const { added, skipped } = await ann.ok<Added>('POST', `/groups/${group.id}/members`, {
      userIds: [cy.id, eve.id, ben.id, nobody()],
    });
    expect(added).toEqual([cy.id]);
    expect(skipped).toHaveLength(3);
    expect(await cyDevice.waitFor('group:joined')).toMatchObject({ id: group.id, memberCount: 3, myRole: 'member' });
    expect(await benDevice.waitFor('group:updated')).toMatchObject({ memberCount: 3 });
    const news = await benDevice.waitForMessage(({ type }) => type === 'system');
    expect(news).toMatchObject({ senderId: ann.id, content: { event: 'member_joined', userId: cy.id } });
  });

  it('is for admins', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben]);
    await befriend(ben, cy);
    const add = () => ben.http<Added>('POST', `/groups/${group.id}/members`, { userIds: [cy.id] });
    expectProblem(await add(), 'forbidden');
    await ann.ok('PATCH', `/groups/${group.id}/members/${ben.id}`, { role: 'admin' });
    expect((await add()).body).toEqual({ added: [cy.id], skipped: [] });
  });

  it.each([
    ['nobody', { userIds: [] }, 'userIds'],
    ['no list', {}, 'userIds'],
    ['an id that is none', { userIds: ['ok', ''] }, 'userIds.1'],
    ['too many', { userIds: Array.from({ length: 201 }, (_, i) => `u${i}`) }, 'userIds'],
  ])('refuses %s', async (_what, body, path) => {
    const ann = await person();
    const group = await ann.makeGroup();
    expectProblem(await ann.http('POST', `/groups/${group.id}/members`, body), 'validation_failed', path);
  });
});

describe('The list of members', () => {
  it('comes in pages, each member once, for members only', async () => {
    const [ann, ...others] = await people('ann', 'b', 'c', 'd', 'e');
    const group = await ann.makeGroup(others);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/groups/${group.id}/members?limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const page: Page<Member> = await ann.ok('GET', path);
      seen.push(...page.items.map(({ user }) => user.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen.sort()).toEqual([ann, ...others].map((who) => (who as Person).id).sort());
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'cursor=', 'offset=1'])
      expectProblem(await ann.http('GET', `/groups/${group.id}/members?${query}`), 'validation_failed');
  });
});
