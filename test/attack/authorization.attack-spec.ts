import type {
  Ack,
  Conversation,
  FriendRequest,
  GroupCard,
  MessagePage,
  Problem,
  SendResult,
} from '@dunlin/contracts/wire';
import { expectProblem, expectRefusal, outcome } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { newClientMsgId, nobody } from '../support/names.js';
import { befriend, friends, people, person, type Person } from '../support/person.js';

const direct = (who: Person, other: Person): Promise<Conversation> =>
  who.ok('POST', '/conversations/direct', { userId: other.id });
const message = (text = 'hi'): object => ({ clientMsgId: newClientMsgId(), type: 'text', content: { text } });

describe('What others wrote', () => {
  it('[A41] one to one is not read by a third, by any route or event', async () => {
    const [ann, ben] = await friends();
    const eve = await person('eve');
    await befriend(eve, ann);
    const { id } = await direct(ann, ben);
    const { messageId } = await ann.post(id, 'between us');
    const device = await eve.connect();
    for (const path of ['', '/messages', '/messages?afterSeq=0', '/messages?beforeSeq=9'])
      expectProblem(await eve.http('GET', `/conversations/${id}${path}`), 'not_found');
    expectRefusal(await device.raw('conversation:sync', { conversationId: id, afterSeq: 0 }), 'not_found');
    expect(JSON.stringify(await device.ok('sync', { cursors: { [id]: 0 } }))).not.toContain(id);
    // nor by replying to it
    const own = await direct(eve, ann);
    const reply = { ...message(), conversationId: own.id, replyTo: { messageId, seq: 1 } };
    expectRefusal(await device.raw('message:send', reply), 'not_found');
    expect(JSON.stringify(device.inbox)).not.toContain('between us');
  });

  it('[A42] in a group is not read from outside', async () => {
    const [ann, ben] = await friends();
    const eve = await person('eve');
    const group = await ann.makeGroup([ben]);
    await ann.post(group.conversationId, 'among us');
    const device = await eve.connect();
    expectProblem(await eve.http('GET', `/conversations/${group.conversationId}/messages`), 'not_found');
    expectRefusal(
      await device.raw('conversation:sync', { conversationId: group.conversationId, afterSeq: 0 }),
      'not_found',
    );
    // an open group's card is for all, its last message is not
    expect((await eve.http('GET', `/groups/${group.id}`)).text).not.toContain('among us');
    // and who joins reads from then on
    await eve.ok('POST', `/groups/${group.id}/join`, {});
    const { text } = await eve.http('GET', `/conversations/${group.conversationId}/messages?afterSeq=0`);
    expect(text).not.toContain('among us');
  });

  it('[A43] is not counted as read by somebody else', async () => {
    const [ann, ben] = await friends();
    const eve = await person('eve');
    const { id } = await direct(ann, ben);
    await ann.post(id, 'unread');
    const device = await eve.connect();
    expectProblem(await eve.http('PUT', `/conversations/${id}/read`, { seq: 1 }), 'not_found');
    expectRefusal(await device.raw('conversation:read', { conversationId: id, seq: 1 }), 'not_found');
    // naming whose cursor it is helps nobody
    const forged = { seq: 1, userId: ben.id };
    expectProblem(await ann.http('PUT', `/conversations/${id}/read`, forged), 'validation_failed', 'userId');
    expect(await ben.ok<Conversation>('GET', `/conversations/${id}`)).toMatchObject({ unread: 1, readSeq: 0 });
  });

  it('[A44] is not found by searching: search knows names alone, and not those of who has blocked one', async () => {
    const [ann, ben] = await friends();
    const eve = await person('eve');
    await ann.post((await direct(ann, ben)).id, 'xylophone-word');
    await ann.makeGroup([], { name: `Hidden ${ann.user.username}`, joinPolicy: 'invite' });
    const find = async (path: string): Promise<string> => (await eve.http('GET', path)).text;
    expect(await find('/users?q=xylophone')).not.toContain(ann.id);
    expect(await find(`/group-directory?q=Hidden`)).not.toContain(ann.user.username);
    for (const q of ['%25', '_', '*', '%25%25', `%25${ann.user.username.slice(2)}`])
      expect(await find(`/users?q=${q}`)).not.toContain(ann.id);
    expect(await find(`/users?q=${ann.user.username}`)).toContain(ann.id);
    await ann.ok('PUT', `/blocks/${eve.id}`);
    expect(await find(`/users?q=${ann.user.username}`)).not.toContain(ann.id);
  });

  it('[A45] as a file is not had by its id: guessed, copied or used again', async () => {
    const [ann, ben] = await friends();
    const eve = await person('eve');
    await befriend(eve, ben);
    const media = await ann.uploaded(await picture('png', 40, 30));
    const send = (who: Person, to: Person, content: object, type = 'image'): Promise<Ack<unknown>> =>
      who
        .connect()
        .then((device) =>
          device.raw('message:send', { clientMsgId: newClientMsgId(), type, content, toUserId: to.id }),
        );
    expect((await send(ann, ben, { mediaId: media.id })).ok).toBe(true);
    // who was not sent it cannot pass it on, make it a picture of theirs, or read it under another spelling
    for (const who of [eve, ben]) {
      const to = who === eve ? ben : eve;
      for (const type of ['image', 'file'])
        expectRefusal(await send(who, to, { mediaId: media.id }, type), 'not_found');
      expectProblem(await who.http('PATCH', '/users/me', { avatarMediaId: media.id }), 'not_found');
    }
    const last = media.id.slice(-1) === '0' ? '1' : '0';
    for (const id of [
      media.id,
      media.id.toUpperCase(),
      media.id.slice(0, -1) + last,
      nobody(),
      `${media.id}%00`,
      `${media.id}/../${media.id}`,
    ])
      for (const path of [`/media/${id}`, `/media/${id}/thumbnail`])
        expectProblem(await eve.http('GET', path), 'not_found');
  });
});

describe('Sending', () => {
  it('[A46] to somebody who is no friend reaches nobody', async () => {
    const [ann, eve] = await people('ann', 'eve');
    const [device, victim] = await Promise.all([eve.connect(), ann.connect()]);
    expect(await device.refused({ toUserId: ann.id })).toBe('not_friends');
    expectProblem(await eve.http('POST', '/conversations/direct', { userId: ann.id }), 'not_friends');
    await victim.settle();
    expect(victim.messages()).toEqual([]);
  });

  it('[A47] after a friendship has ended reaches nobody, also what was under way', async () => {
    const [ann, ben] = await friends();
    const [device, victim] = await Promise.all([ben.connect(), ann.connect()]);
    const { conversationId } = await device.say({ toUserId: ann.id }, 'before');
    const flight = Array.from({ length: 40 }, (_, i) =>
      device.raw('message:send', { ...message(`flight ${i}`), conversationId }),
    );
    expect((await ann.http('DELETE', `/friends/${ben.id}`)).status).toBe(204);
    // asked after the 204: no longer
    const late = await Promise.all(
      Array.from({ length: 20 }, (_, i) => device.refused({ conversationId }, `late ${i}`)),
    );
    expect(new Set(late)).toEqual(new Set(['not_friends']));
    const acked = (await Promise.all(flight)).flatMap((answer) => (answer.ok ? [(answer.data as SendResult).seq] : []));
    await victim.settle();
    // nothing but what was acked arrives, then or later
    const { messages } = await ann.ok<MessagePage>('GET', `/conversations/${conversationId}/messages?afterSeq=0`);
    expect(messages.map(({ seq }) => seq)).toEqual([1, ...acked]);
    expect(JSON.stringify(victim.messages())).not.toContain('late ');
  });

  it('[A48] to and from a removed member ends, on all gateways', async () => {
    const [ann, ben] = await friends();
    const group = await ann.makeGroup([ben]);
    const devices = await Promise.all(ben.gateways.map((_, gateway) => ben.connect({ gateway })));
    const boss = await ann.connect();
    await boss.say({ toGroupId: group.id }, 'welcome');
    for (const device of devices) await device.waitForText('welcome');
    expect((await ann.http('DELETE', `/groups/${group.id}/members/${ben.id}`)).status).toBe(204);
    for (const device of devices) {
      expect(await device.refused({ toGroupId: group.id })).toBe('not_a_member');
      expect(await device.refused({ conversationId: group.conversationId })).toBe('not_a_member');
    }
    await boss.say({ toGroupId: group.id }, 'without ben');
    for (const device of devices) {
      await device.settle();
      expect(JSON.stringify(device.inbox)).not.toContain('without ben');
      expectRefusal(
        await device.raw('conversation:sync', { conversationId: group.conversationId, afterSeq: 0 }),
        'not_found',
      );
    }
  });

  it('[A49] finds no cache that still knows who was removed, however warm it is', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) await benDevice.say({ toGroupId: group.id }, `warm ${round} ${i}`);
      await ann.ok('DELETE', `/groups/${group.id}/members/${ben.id}`);
      expect(await benDevice.refused({ toGroupId: group.id })).toBe('not_a_member');
      expectProblem(await ben.http('GET', `/conversations/${group.conversationId}/messages`), 'not_found');
      expectProblem(await ben.http('GET', `/groups/${group.id}/members`), 'not_a_member');
      await annDevice.say({ toGroupId: group.id }, `alone ${round}`);
      await benDevice.settle();
      expect(JSON.stringify(benDevice.messages())).not.toContain(`alone ${round}`);
      await ann.ok('POST', `/groups/${group.id}/members`, { userIds: [ben.id] });
    }
  });
});

describe('Roles', () => {
  it('[A50] are not taken by oneself, and a group never is without its owner', async () => {
    const [ann, ben] = await friends();
    const group = await ann.makeGroup([ben]);
    const member = (who: Person, id: string, body: object) =>
      who.http('PATCH', `/groups/${group.id}/members/${id}`, body);
    for (const body of [{ role: 'admin' }, { role: 'owner' }, { role: 'admin', mutedUntil: null }])
      expect(['forbidden', 'validation_failed']).toContain(outcome(await member(ben, ben.id, body)));
    expectProblem(await member(ann, ben.id, { role: 'owner' }), 'validation_failed', 'role');
    expectProblem(await ann.http('POST', `/groups/${group.id}/leave`), 'conflict');
    expectProblem(await member(ann, ann.id, { role: 'member' }), 'forbidden');
    expectProblem(await ann.http('POST', `/groups/${group.id}/transfer`, { userId: nobody() }), 'not_found');
    expectProblem(await ben.http('POST', `/groups/${group.id}/transfer`, { userId: ben.id }), 'forbidden');
    // two at once: there is one owner in the end
    const cy = await person('cy');
    await cy.ok('POST', `/groups/${group.id}/join`, {});
    await Promise.all([ben, cy].map((heir) => ann.http('POST', `/groups/${group.id}/transfer`, { userId: heir.id })));
    const { items } = await ann.ok<{ items: { role: string }[] }>('GET', `/groups/${group.id}/members`);
    expect(items.filter(({ role }) => role === 'owner')).toHaveLength(1);
  });

  it('[A51] a friend request is answered by nobody but who it was made to', async () => {
    const [ann, ben, eve] = await people('ann', 'ben', 'eve');
    const { id } = await ann.ok<FriendRequest>('POST', '/friend-requests', { userId: ben.id });
    for (const who of [eve, ann])
      for (const verb of ['accept', 'decline'])
        expectProblem(await who.http('POST', `/friend-requests/${id}/${verb}`), 'not_found');
    expectProblem(await eve.http('DELETE', `/friend-requests/${id}`), 'not_found');
    expect(await ann.ok<{ items: unknown[] }>('GET', '/friends')).toMatchObject({ items: [] });
  });

  it('[A52] nobody joins a closed group, and no member shows anybody out', async () => {
    const [ann, ben] = await friends();
    const eve = await person('eve');
    const group = await ann.makeGroup([ben], { joinPolicy: 'invite' });
    expectProblem(await eve.http('POST', `/groups/${group.id}/join`, {}), 'not_found');
    // a friend of a member's is not theirs to bring along
    await befriend(eve, ben);
    expectProblem(await ben.http('POST', `/groups/${group.id}/members`, { userIds: [eve.id] }), 'forbidden');
    expectProblem(await ben.http('DELETE', `/groups/${group.id}/members/${ann.id}`), 'forbidden');
    // an owner cannot bring in who is no friend
    const added = await ann.ok<{ added: string[] }>('POST', `/groups/${group.id}/members`, { userIds: [eve.id] });
    expect(added.added).toEqual([]);
    // nor approve oneself where approval is needed
    const asked = await ann.makeGroup([], { joinPolicy: 'approval' });
    await eve.ok('POST', `/groups/${asked.id}/join`, {});
    const approval = await eve.http('POST', `/groups/${asked.id}/join-requests/${eve.id}/approve`);
    expectProblem(approval, 'not_a_member');
  });
});

describe('What a client says of itself', () => {
  it('[A53] sender, seq and time are the server’s to say', async () => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const forged = {
      senderId: ben.id,
      seq: 99,
      sentAt: '2001-01-01T00:00:00.000Z',
      id: 'mine',
      messageId: 'mine',
      from: ben.id,
      userId: ben.id,
    };
    for (const [field, value] of Object.entries(forged)) {
      expectRefusal(
        await device.raw('message:send', { ...message(), toUserId: ben.id, [field]: value }),
        'validation_failed',
        field,
      );
      const { id } = await direct(ann, ben);
      expectProblem(
        await ann.http('POST', `/conversations/${id}/messages`, { ...message(), [field]: value }),
        'validation_failed',
        field,
      );
    }
    expectRefusal(
      await device.raw('message:send', {
        ...message(),
        type: 'system',
        content: { event: 'created' },
        toUserId: ben.id,
      }),
      'validation_failed',
      'type',
    );
    const { conversationId } = await device.say({ toUserId: ben.id }, 'as myself');
    const { messages } = await ben.ok<MessagePage>('GET', `/conversations/${conversationId}/messages`);
    expect(messages).toMatchObject([{ senderId: ann.id, seq: 1 }]);
    expect(Math.abs(Date.parse(messages[0]?.sentAt as string) - Date.now())).toBeLessThan(60_000);
  });

  it('[A54] fields that are not its to set are refused', async () => {
    const ann = await person();
    const extra = {
      role: 'admin',
      isAdmin: true,
      id: nobody(),
      username: 'root-root',
      passwordHash: 'x',
      createdAt: '2001-01-01T00:00:00.000Z',
      version: 1,
    };
    for (const [field, value] of Object.entries(extra))
      expectProblem(
        await ann.http('PATCH', '/users/me', { displayName: 'Ann', [field]: value }),
        'validation_failed',
        field,
      );
    const group = await ann.makeGroup();
    for (const [field, value] of Object.entries({
      ownerId: nobody(),
      memberCount: 9,
      conversationId: 'x',
      myRole: 'owner',
      createdAt: 'x',
    })) {
      expectProblem(await ann.http('PATCH', `/groups/${group.id}`, { [field]: value }), 'validation_failed', field);
      expectProblem(
        await ann.http('POST', '/groups', { name: 'x', joinPolicy: 'open', [field]: value }),
        'validation_failed',
        field,
      );
    }
    expect(await ann.ok<GroupCard>('GET', `/groups/${group.id}`)).toEqual(group);
  });

  it('[A54] no answer has a hash, a secret or a column of the tables in it', async () => {
    const [ann, ben] = await friends();
    await ann.post((await direct(ann, ben)).id, 'hi');
    const group = await ann.makeGroup([ben]);
    const paths = [
      '/users/me',
      `/users/${ben.id}`,
      `/users?q=${ben.user.username}`,
      '/friends',
      '/auth/sessions',
      '/groups',
      `/groups/${group.id}`,
      `/groups/${group.id}/members`,
      '/conversations',
      `/conversations/${group.conversationId}/messages`,
    ];
    for (const path of paths) {
      const { text, status } = await ann.http<Problem>('GET', path);
      expect(status).toBe(200);
      expect(text).not.toMatch(
        /passwordHash|argon2|usernameKey|nameKey|refreshToken|generation|revokedAt|"version"|uploaderId/,
      );
    }
  });
});
