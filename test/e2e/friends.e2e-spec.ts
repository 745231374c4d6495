import { createHash } from 'node:crypto';
import type { Block, Conversation, Friend, FriendRequest, Page } from '@dunlin/contracts/wire';
import { expectProblem, expectRefusal, outcome } from '../support/expectations.js';
import { nobody, unique } from '../support/names.js';
import { befriend, friends, people, person, type Person } from '../support/person.js';

const ask = (from: Person, to: Person, message?: string) =>
  from.http<FriendRequest>('POST', '/friend-requests', { userId: to.id, message });
const pending = async (who: Person, direction: 'incoming' | 'outgoing'): Promise<FriendRequest[]> =>
  (await who.ok<Page<FriendRequest>>('GET', `/friend-requests?direction=${direction}`)).items;
const friendsOf = async (who: Person): Promise<string[]> =>
  (await who.ok<Page<Friend>>('GET', '/friends')).items.map(({ user }) => user.id);

describe('A friend request', () => {
  it('reaches every device of the one who is asked, and both see it pending', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const devices = await Promise.all([ben.connect(), ben.connect()]);
    const { status, body } = await ask(ann, ben, 'We met at the lake.\nRemember? 🦆');
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      from: ann.user,
      to: ben.user,
      message: 'We met at the lake.\nRemember? 🦆',
      status: 'pending',
      createdAt: expect.stringMatching(/Z$/),
    });
    for (const device of devices) expect(await device.waitFor('friend:request')).toEqual(body);
    expect(await pending(ben, 'incoming')).toEqual([body]);
    expect(await pending(ann, 'outgoing')).toEqual([body]);
    expect(await pending(ann, 'incoming')).toEqual([]);
  });

  it('can name a person by username in any case', async () => {
    const [ann, ben] = await people('ann', 'Ben.');
    const { body } = await ann.http<FriendRequest>('POST', '/friend-requests', {
      username: ben.user.username.toUpperCase(),
    });
    expect(body).toMatchObject({ to: ben.user, message: '', status: 'pending' });
  });

  it('made again while it is pending is the same one', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const first = await ask(ann, ben, 'first');
    const again = await ask(ann, ben, 'again');
    expect(again.body.id).toBe(first.body.id);
    expect(await pending(ben, 'incoming')).toHaveLength(1);
  });

  it('once accepted makes friends on all devices of both, and accepting twice does no harm', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const devices = {
      ann: [await ann.connect(), await ann.connect()],
      ben: [await ben.connect(), await ben.connect()],
    };
    const { body: request } = await ask(ann, ben);
    const accept = () => ben.http<FriendRequest>('POST', `/friend-requests/${request.id}/accept`);
    const first = await accept();
    expect(first.status).toBe(200);
    expect(first.body).toEqual({ ...request, status: 'accepted' });
    expect((await accept()).body.status).toBe('accepted');
    for (const device of devices.ann) expect(await device.waitFor('friend:added')).toEqual({ user: ben.user });
    for (const device of devices.ben) expect(await device.waitFor('friend:added')).toEqual({ user: ann.user });
    const { items } = await ann.ok<Page<Friend>>('GET', '/friends');
    expect(items).toEqual([{ user: ben.user, since: expect.stringMatching(/Z$/) }]);
    expect(await friendsOf(ben)).toEqual([ann.id]);
    expect(await pending(ben, 'incoming')).toEqual([]);
    for (const device of [...devices.ann, ...devices.ben]) {
      await device.settle();
      expect(device.all('friend:added')).toHaveLength(1);
    }
  });

  it('that crosses another makes both friends', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    await ask(ann, ben);
    const { status, body } = await ask(ben, ann);
    expect(status).toBe(201);
    expect(body.status).toBe('accepted');
    expect(await annDevice.waitFor('friend:added')).toEqual({ user: ben.user });
    expect(await benDevice.waitFor('friend:added')).toEqual({ user: ann.user });
    expect(await friendsOf(ann)).toEqual([ben.id]);
    for (const who of [ann, ben])
      for (const direction of ['incoming', 'outgoing'] as const) expect(await pending(who, direction)).toEqual([]);
  });

  it('that crosses another at the same moment makes both friends, every time', async () => {
    for (let round = 0; round < 4; round++) {
      const [ann, ben] = await people('ann', 'ben');
      const both = await Promise.all([ask(ann, ben), ask(ben, ann)]);
      expect(both.map((reply) => reply.status)).toEqual([201, 201]);
      expect(both.map((reply) => reply.body.status).sort()).toEqual(['accepted', 'pending']);
      expect(await friendsOf(ann)).toEqual([ben.id]);
      expect(await friendsOf(ben)).toEqual([ann.id]);
      expect(await pending(ann, 'incoming')).toEqual([]);
      expect(await pending(ben, 'incoming')).toEqual([]);
    }
  });

  it('that is declined makes nobody a friend, cannot be accepted any more, and may be made again', async () => {
    const [ann, ben] = await people('ann', 'ben');
    const { body: request } = await ask(ann, ben);
    const declined = await ben.http<FriendRequest>('POST', `/friend-requests/${request.id}/decline`);
    expect(declined.status).toBe(200);
    expect(declined.body.status).toBe('declined');
    expectProblem(await ben.http('POST', `/friend-requests/${request.id}/accept`), 'conflict');
    expect(await friendsOf(ann)).toEqual([]);
    expect((await ask(ann, ben)).body).toMatchObject({ status: 'pending' });
  });

  it('can be withdrawn by its sender alone', async () => {
    const [ann, ben, eve] = await people('ann', 'ben', 'eve');
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const { body: request } = await ask(ann, ben);
    await annDevice.waitFor('friend:changed', ({ userId }) => userId === ben.id);
    for (const other of [ben, eve])
      expectProblem(await other.http('DELETE', `/friend-requests/${request.id}`), 'not_found');
    expect((await ann.http('DELETE', `/friend-requests/${request.id}`)).status).toBe(204);
    await benDevice.waitFor('friend:changed', ({ userId }) => userId === ann.id);
    expectProblem(await ben.http('POST', `/friend-requests/${request.id}/accept`), 'not_found');
    expect(await pending(ben, 'incoming')).toEqual([]);
  });

  it('is answered by nobody but the one it was made to', async () => {
    const [ann, ben, eve] = await people('ann', 'ben', 'eve');
    const { body: request } = await ask(ann, ben);
    for (const who of [ann, eve])
      for (const verb of ['accept', 'decline'])
        expectProblem(await who.http('POST', `/friend-requests/${request.id}/${verb}`), 'not_found');
    expectProblem(await ben.http('POST', `/friend-requests/${nobody()}/accept`), 'not_found');
    expect(await friendsOf(ann)).toEqual([]);
  });

  it('to a friend is a conflict, to nobody is not found, to oneself is refused', async () => {
    const [ann, ben] = await friends();
    expectProblem(await ask(ann, ben), 'conflict');
    expectProblem(await ann.http('POST', '/friend-requests', { userId: nobody() }), 'not_found');
    expectProblem(await ann.http('POST', '/friend-requests', { username: unique('ghost') }), 'not_found');
    expectProblem(await ask(ann, ann), 'validation_failed');
  });

  it('comes in pages', async () => {
    const ben = await person('ben');
    const askers = await people('a', 'b', 'c', 'd', 'e');
    for (const asker of askers) await ask(asker, ben);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `/friend-requests?direction=incoming&limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const page: Page<FriendRequest> = await ben.ok('GET', query);
      seen.push(...page.items.map((request) => request.from.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen.sort()).toEqual(askers.map(({ id }) => id).sort());
  });

  it.each([
    ['nobody named', {}, undefined],
    ['two names at once', { userId: nobody(), username: 'ben' }, undefined],
    ['an id that is none', { userId: '../x' }, 'userId'],
    ['an id that is an object', { userId: { $ne: 1 } }, 'userId'],
    ['a long message', { userId: nobody(), message: 'x'.repeat(201) }, 'message'],
    ['a message with NUL', { userId: nobody(), message: 'a\0b' }, 'message'],
    ['a message that is null', { userId: nobody(), message: null }, 'message'],
    ['an unknown field', { userId: nobody(), urgent: true }, 'urgent'],
  ])('is refused with %s', async (_what, body, path) => {
    const reply = await (await person()).http('POST', '/friend-requests', body);
    expectProblem(reply, 'validation_failed', ...(path ? [path] : []));
  });

  it('list takes no other direction', async () => {
    expectProblem(
      await (await person()).http('GET', '/friend-requests?direction=up'),
      'validation_failed',
      'direction',
    );
  });
});

describe('Ending a friendship', () => {
  it('is seen by both sides on all devices and stops messages both ways', async () => {
    const [ann, ben] = await friends();
    const devices = { ann: await ann.connect(), ben: await ben.connect() };
    expect((await ann.http('DELETE', `/friends/${ben.id}`)).status).toBe(204);
    expect(await devices.ann.waitFor('friend:removed')).toEqual({ userId: ben.id });
    expect(await devices.ben.waitFor('friend:removed')).toEqual({ userId: ann.id });
    expect(await friendsOf(ann)).toEqual([]);
    expect(await friendsOf(ben)).toEqual([]);
    expect(await devices.ann.refused({ toUserId: ben.id })).toBe('not_friends');
    expect(await devices.ben.refused({ toUserId: ann.id })).toBe('not_friends');
    // and it can begin anew
    await befriend(ben, ann);
    await devices.ann.say({ toUserId: ben.id }, 'good to have you back');
  });

  it('of nobody is not found', async () => {
    expectProblem(await (await person()).http('DELETE', `/friends/${nobody()}`), 'not_found');
  });
});

describe('Blocking', () => {
  const block = (who: Person, other: Person) => who.http('PUT', `/blocks/${other.id}`);

  it('ends the friendship, stops requests and messages both ways, and is not announced', async () => {
    const [ann, eve] = await friends('ann', 'eve');
    const eveDevice = await eve.connect();
    expect((await block(ann, eve)).status).toBe(204);
    expect((await block(ann, eve)).status).toBe(204);
    expect(await friendsOf(ann)).toEqual([]);
    expect(await friendsOf(eve)).toEqual([]);
    // no more than that the friendship is over
    await eveDevice.waitFor('friend:removed');
    await eveDevice.settle();
    expect(eveDevice.inbox.map(({ event }) => event).filter((event) => event !== 'presence')).toEqual([
      'friend:removed',
    ]);
    const annDevice = await ann.connect();
    expect(await eveDevice.refused({ toUserId: ann.id })).toBe('blocked');
    expect(await annDevice.refused({ toUserId: eve.id })).toBe('blocked');
    expectProblem(await ask(eve, ann), 'blocked');
    expectProblem(await ask(ann, eve), 'blocked');
    const { items } = await ann.ok<Page<Block>>('GET', '/blocks');
    expect(items).toEqual([{ user: eve.user, since: expect.stringMatching(/Z$/) }]);
    expect((await eve.ok<Page<Block>>('GET', '/blocks')).items).toEqual([]);
  });

  it('takes back what was asked before, and lets the blocked see nothing of it', async () => {
    const [ann, eve] = await people('ann', 'eve');
    const { body: request } = await ask(eve, ann);
    const [annDevice, eveDevice] = await Promise.all([ann.connect(), eve.connect()]);
    await block(ann, eve);
    await annDevice.waitFor('friend:changed', ({ userId }) => userId === eve.id);
    await eveDevice.settle();
    expect(eveDevice.inbox).toEqual([]);
    expect(await pending(ann, 'incoming')).toEqual([]);
    expect(outcome(await ann.http('POST', `/friend-requests/${request.id}/accept`))).not.toBe('ok');
    expect(await friendsOf(eve)).toEqual([]);
    expect((await eve.http('GET', `/users/${ann.id}`)).status).toBe(200);
  });

  it('of a stranger makes no conversation that they could find', async () => {
    const [ann, eve] = await people('ann', 'eve');
    const device = await eve.connect();
    // no secret: whoever knows both ids can work it out
    const pair = createHash('sha256').update([ann.id, eve.id].sort().join('|'));
    const id = `d${pair.digest('hex').slice(0, 32)}`;
    const seesNothing = async (): Promise<void> => {
      for (const path of ['', '/messages'])
        expectProblem(await eve.http('GET', `/conversations/${id}${path}`), 'not_found');
      expectProblem(await eve.http('PATCH', `/conversations/${id}`, { pinned: true }), 'not_found');
      expectRefusal(await device.emit('conversation:sync', { conversationId: id, afterSeq: 0 }), 'not_found');
      expectRefusal(await device.emit('conversation:read', { conversationId: id, seq: 1 }), 'not_found');
      expectRefusal(await device.emit('typing', { conversationId: id, active: true }), 'not_found');
      expect((await eve.ok<Page<Conversation>>('GET', '/conversations')).items).toEqual([]);
    };
    await seesNothing();
    await block(ann, eve);
    await seesNothing();
    expectProblem(await eve.http('POST', '/conversations/direct', { userId: ann.id }), 'blocked');
    await ann.ok('DELETE', `/blocks/${eve.id}`);
    await seesNothing();
    expectProblem(await eve.http('POST', '/conversations/direct', { userId: ann.id }), 'not_friends');
    await befriend(ann, eve);
    expect((await eve.http('GET', `/conversations/${id}`)).status).toBe(200);
  });

  it('lets both go on in a group that they share', async () => {
    const [ann, eve, ben] = await people('ann', 'eve', 'ben');
    const group = await ben.makeGroup([ann, eve]);
    const annDevice = await ann.connect();
    const eveDevice = await eve.connect();
    await block(ann, eve);
    await eveDevice.say({ toGroupId: group.id }, 'can you still hear me?');
    await annDevice.waitForText('can you still hear me?');
  });

  it('ends with unblocking, which brings no friendship back', async () => {
    const [ann, eve] = await friends('ann', 'eve');
    await block(ann, eve);
    expect((await ann.http('DELETE', `/blocks/${eve.id}`)).status).toBe(204);
    expect((await ann.http('DELETE', `/blocks/${eve.id}`)).status).toBe(204);
    expect((await ann.ok<Page<Block>>('GET', '/blocks')).items).toEqual([]);
    expect(await (await eve.connect()).refused({ toUserId: ann.id })).toBe('not_friends');
    await befriend(eve, ann);
    expect(await friendsOf(ann)).toEqual([eve.id]);
  });

  it('of both by both at once ends well', async () => {
    const [ann, eve] = await friends('ann', 'eve');
    expect((await Promise.all([block(ann, eve), block(eve, ann)])).map(outcome)).toEqual(['ok', 'ok']);
    await ann.ok('DELETE', `/blocks/${eve.id}`);
    expectProblem(await ask(ann, eve), 'blocked');
  });

  it('an acceptance at the same moment has one of two ends', async () => {
    const [ann, eve] = await people('ann', 'eve');
    const { body: request } = await ask(eve, ann);
    const [, blocked] = await Promise.all([ann.http('POST', `/friend-requests/${request.id}/accept`), block(ann, eve)]);
    expect(outcome(blocked)).toBe('ok');
    expect(await friendsOf(ann)).toEqual([]);
    expect(await friendsOf(eve)).toEqual([]);
    expect(await (await eve.connect()).refused({ toUserId: ann.id })).toBe('blocked');
  });

  it('of oneself or nobody is refused', async () => {
    const ann = await person();
    expectProblem(await block(ann, ann), 'validation_failed');
    expectProblem(await ann.http('PUT', `/blocks/${nobody()}`), 'not_found');
    expectProblem(await ann.http('PUT', '/blocks/..%2f'), 'not_found');
  });
});
