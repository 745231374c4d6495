import type { Conversation, GroupCard, Member, MessagePage, Page, SendResult } from '@dunlin/contracts/wire';
import { eventually, expectProblem, outcome } from '../support/expectations.js';
import { newClientMsgId } from '../support/names.js';
import { befriend, friends, people, type Person } from '../support/person.js';

const ROUNDS = 4;
const rounds = Array.from({ length: ROUNDS }, (_, i) => [i + 1]);

const rolesIn = async (who: Person, id: string): Promise<Record<string, string>> => {
  const { items } = await who.ok<Page<Member>>('GET', `/groups/${id}/members`);
  return Object.fromEntries(items.map(({ user, role }) => [user.id, role]));
};

// Both at once: whichever comes first, the end is one of few, and the same for everybody who looks.

it.each(rounds)('two admins remove each other: one of them stays, or neither can (round %i)', async () => {
  const [ann, ben, cy] = await people('ann', 'ben', 'cy');
  const group = await ann.makeGroup([ben, cy]);
  for (const admin of [ben, cy]) await ann.ok('PATCH', `/groups/${group.id}/members/${admin.id}`, { role: 'admin' });
  const replies = await Promise.all([
    ben.http('DELETE', `/groups/${group.id}/members/${cy.id}`),
    cy.http('DELETE', `/groups/${group.id}/members/${ben.id}`),
  ]);
  // admins act on members, not on each other
  expect(replies.map(outcome)).toEqual(['forbidden', 'forbidden']);
  expect(Object.keys(await rolesIn(ann, group.id))).toHaveLength(3);
});

it.each(rounds)(
  'the owner hands over to one of two while that one leaves: there is always one owner (round %i)',
  async () => {
    const [ann, ben] = await people('ann', 'ben');
    const group = await ann.makeGroup([ben]);
    const [handed, left] = await Promise.all([
      ann.http('POST', `/groups/${group.id}/transfer`, { userId: ben.id }),
      ben.http('POST', `/groups/${group.id}/leave`),
    ]);
    expect([
      ['ok', 'conflict'],
      ['not_found', 'ok'],
    ]).toContainEqual([outcome(handed), outcome(left)]);
    const roles = await rolesIn(ann, group.id);
    expect(Object.values(roles).filter((role) => role === 'owner')).toHaveLength(1);
    const { ownerId } = await ann.ok<GroupCard>('GET', `/groups/${group.id}`);
    expect(roles[ownerId]).toBe('owner');
  },
);

it.each(rounds)('an admin is demoted while acting as one (round %i)', async () => {
  const [ann, ben, cy] = await people('ann', 'ben', 'cy');
  const group = await ann.makeGroup([ben, cy]);
  await ann.ok('PATCH', `/groups/${group.id}/members/${ben.id}`, { role: 'admin' });
  const [demoted, kicked] = await Promise.all([
    ann.http('PATCH', `/groups/${group.id}/members/${ben.id}`, { role: 'member' }),
    ben.http('DELETE', `/groups/${group.id}/members/${cy.id}`),
  ]);
  expect(outcome(demoted)).toBe('ok');
  const roles = await rolesIn(ann, group.id);
  expect(roles[ben.id]).toBe('member');
  expect(['ok', 'forbidden']).toContain(outcome(kicked));
  expect(cy.id in roles).toBe(outcome(kicked) === 'forbidden');
});

it.each(rounds)('somebody joins while the group is dissolved: in the end nobody is in it (round %i)', async () => {
  const [ann, ben] = await people('ann', 'ben');
  const group = await ann.makeGroup([]);
  const [joined, dissolved] = await Promise.all([
    ben.http('POST', `/groups/${group.id}/join`, {}),
    ann.http('DELETE', `/groups/${group.id}`),
  ]);
  expect(outcome(dissolved)).toBe('ok');
  expect(['ok', 'not_found']).toContain(outcome(joined));
  for (const who of [ann, ben]) {
    expectProblem(await who.http('GET', `/groups/${group.id}`), 'not_found');
    expect((await who.ok<Page<GroupCard>>('GET', '/groups')).items).toEqual([]);
    expectProblem(await who.http('GET', `/conversations/${group.conversationId}`), 'not_found');
    expect((await who.ok<Page<Conversation>>('GET', '/conversations')).items).toEqual([]);
  }
  const device = await ben.connect();
  expect((await device.ok('sync', { cursors: {} })).conversations).toEqual([]);
  expect(['not_found', 'not_a_member']).toContain(await device.refused({ toGroupId: group.id }));
});

it.each(rounds)('a member sends while leaving: what is acknowledged stands before the leave (round %i)', async () => {
  const [ann, ben] = await people('ann', 'ben');
  const group = await ann.makeGroup([ben]);
  const device = await ben.connect();
  const sends = Array.from({ length: 6 }, (_, i) =>
    device.emit('message:send', {
      clientMsgId: newClientMsgId(),
      type: 'text',
      content: { text: `m${i}` },
      toGroupId: group.id,
    }),
  );
  const [answers, left] = await Promise.all([Promise.all(sends), ben.http('POST', `/groups/${group.id}/leave`)]);
  expect(outcome(left)).toBe('ok');
  const path = `/conversations/${group.conversationId}/messages?afterSeq=0&limit=200`;
  const { messages } = await ann.ok<MessagePage>('GET', path);
  const leave = messages.find(({ content }) => 'event' in content && content.event === 'member_left');
  const acked: SendResult[] = [];
  for (const answer of answers) {
    if (answer.ok) acked.push(answer.data);
    else expect(answer.error.code).toBe('not_a_member');
  }
  for (const { seq } of acked) expect(seq).toBeLessThan(leave?.seq as number);
  const own = messages.filter(({ type, senderId }) => type === 'text' && senderId === ben.id);
  expect(own.map(({ seq }) => seq)).toEqual(acked.map(({ seq }) => seq));
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i + 1));
  expectProblem(await ben.http('GET', path.slice(0, -'?afterSeq=0&limit=200'.length)), 'not_found');
});

it.each(rounds)('a message is sent while the friendship ends: it was before or it is refused (round %i)', async () => {
  const [ann, ben] = await friends();
  const device = await ann.connect();
  await device.say({ toUserId: ben.id }, 'first');
  const [answers, ended] = await Promise.all([
    Promise.all(Array.from({ length: 5 }, () => device.refused({ toUserId: ben.id }))),
    ben.http('PUT', `/blocks/${ann.id}`),
  ]);
  expect(outcome(ended)).toBe('ok');
  const went = answers.filter((answer) => answer === 'ok').length;
  expect(answers).toEqual([...Array<string>(went).fill('ok'), ...Array<string>(5 - went).fill('blocked')]);
  const [conversation] = (await ben.ok<Page<Conversation>>('GET', '/conversations')).items;
  expect(conversation?.lastSeq).toBe(went + 1);
});

it.each(rounds)('a request is accepted, declined and withdrawn at once: one of them counts (round %i)', async () => {
  const [ann, ben] = await people('ann', 'ben');
  const { id } = await ann.ok<{ id: string }>('POST', '/friend-requests', { userId: ben.id });
  const replies = await Promise.all([
    ben.http('POST', `/friend-requests/${id}/accept`),
    ben.http('POST', `/friend-requests/${id}/decline`),
    ann.http('DELETE', `/friend-requests/${id}`),
  ]);
  const outcomes = replies.map(outcome);
  for (const one of outcomes) expect(['ok', 'conflict', 'not_found']).toContain(one);
  expect(outcomes).toContain('ok');
  const areFriends = (await ann.ok<Page<object>>('GET', '/friends')).items.length;
  expect((await ben.ok<Page<object>>('GET', '/friends')).items).toHaveLength(areFriends);
  expect(areFriends).toBe(outcomes[0] === 'ok' ? 1 : 0);
});

it.each(rounds)('many join, leave and rename at once: card, list and log agree (round %i)', async () => {
  const [ann, ...others] = await people('ann', 'b', 'c', 'd', 'e');
  const group = await ann.makeGroup([]);
  const watcher = await ann.connect();
  const replies = await Promise.all([
    ...others.flatMap((who) => [
      who.http('POST', `/groups/${group.id}/join`, {}),
      who.http('POST', `/groups/${group.id}/join`, {}),
    ]),
    ann.http('PATCH', `/groups/${group.id}`, { name: 'One' }),
    ann.http('PATCH', `/groups/${group.id}`, { name: 'Two' }),
  ]);
  expect(new Set(replies.map(outcome))).toEqual(new Set(['ok']));
  await Promise.all([
    others[0].ok('POST', `/groups/${group.id}/leave`),
    others[1].ok('POST', `/groups/${group.id}/leave`),
  ]);
  const card = await ann.ok<GroupCard>('GET', `/groups/${group.id}`);
  expect(card.memberCount).toBe(3);
  expect(Object.keys(await rolesIn(ann, group.id))).toHaveLength(3);
  const path = `/conversations/${group.conversationId}/messages?afterSeq=0&limit=200`;
  const { messages } = await ann.ok<MessagePage>('GET', path);
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i + 1));
  const count = (event: string) =>
    messages.filter(({ content }) => 'event' in content && content.event === event).length;
  expect({ joined: count('member_joined'), left: count('member_left') }).toEqual({ joined: 4, left: 2 });
  const names = messages.flatMap(({ content }) =>
    'event' in content && content.event === 'renamed' ? [content.name] : [],
  );
  expect(names.at(-1)).toBe(card.name);
  await eventually(() => expect(watcher.messages(group.conversationId).at(-1)?.seq).toBe(messages.length));
});

it.each(rounds)('the same request sent many times at once makes one of it (round %i)', async () => {
  const [ann, ben] = await people('ann', 'ben');
  const asked = await Promise.all(
    Array.from({ length: 5 }, () => ann.http<{ id: string }>('POST', '/friend-requests', { userId: ben.id })),
  );
  expect(new Set(asked.map(({ body }) => body.id)).size).toBe(1);
  const [{ body }] = asked as [(typeof asked)[number]];
  const accepted = await Promise.all(
    Array.from({ length: 4 }, () => ben.http('POST', `/friend-requests/${body.id}/accept`)),
  );
  expect(accepted.map(outcome)).toEqual(Array(4).fill('ok'));
  expect((await ann.ok<Page<object>>('GET', '/friends')).items).toHaveLength(1);
  const opened = await Promise.all(
    Array.from({ length: 4 }, (_, i) =>
      (i % 2 ? ann : ben).ok<Conversation>('POST', '/conversations/direct', { userId: (i % 2 ? ben : ann).id }),
    ),
  );
  expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
});

it('members are added by two admins at once: each is in once', async () => {
  const [ann, ben, cy, dora] = await people('ann', 'ben', 'cy', 'dora');
  const group = await ann.makeGroup([ben]);
  await ann.ok('PATCH', `/groups/${group.id}/members/${ben.id}`, { role: 'admin' });
  for (const admin of [ann, ben]) for (const friend of [cy, dora]) await befriend(admin, friend);
  const add = (who: Person) =>
    who.ok<{ added: string[] }>('POST', `/groups/${group.id}/members`, { userIds: [cy.id, dora.id] });
  const results = await Promise.all([add(ann), add(ben)]);
  expect(results.flatMap(({ added }) => added).sort()).toEqual([cy.id, dora.id].sort());
  expect((await ann.ok<GroupCard>('GET', `/groups/${group.id}`)).memberCount).toBe(4);
});
