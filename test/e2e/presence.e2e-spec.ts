import type { Device } from '../support/device.js';
import { eventually, expectRefusal } from '../support/expectations.js';
import { nobody } from '../support/names.js';
import { befriend, friends, people, person, type Person } from '../support/person.js';

const ask = (device: Device, ...who: Person[]) => device.ok('presence:subscribe', { userIds: who.map(({ id }) => id) });

describe('Presence', () => {
  it('says who is online, and tells when they come and go', async () => {
    const [ann, ben] = await friends();
    const watcher = await ann.connect();
    expect(await ask(watcher, ben)).toEqual({ [ben.id]: { online: false, lastSeenAt: null } });
    const device = await ben.connect();
    expect(await watcher.waitFor('presence', ({ online }) => online)).toMatchObject({ userId: ben.id, online: true });
    expect((await ask(watcher, ben))[ben.id]).toMatchObject({ online: true });
    device.close();
    const gone = await watcher.waitFor('presence', ({ online }) => !online);
    expect(gone).toEqual({ userId: ben.id, online: false, lastSeenAt: expect.stringMatching(/\.\d{3}Z$/) });
    await eventually(async () =>
      expect(await ask(watcher, ben)).toEqual({ [ben.id]: { online: false, lastSeenAt: gone.lastSeenAt } }),
    );
  });

  it('goes on while any device is connected, on whatever gateway', async () => {
    const [ann, ben] = await friends();
    const watcher = await ann.connect();
    const [phone, laptop] = [await ben.connect(), await ben.connect()];
    await eventually(async () => expect((await ask(watcher, ben))[ben.id]?.online).toBe(true));
    phone.close();
    const tablet = await ben.connect();
    laptop.close();
    // two of three have gone by now, and a fourth is told of: in between nobody was told that he had left
    await (await ben.connect()).settle();
    expect((await ask(watcher, ben))[ben.id]?.online).toBe(true);
    await watcher.settle();
    expect(watcher.all('presence').filter(({ online }) => !online)).toEqual([]);
    await tablet.settle();
  });

  it('is there for fellow members too', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    await ann.makeGroup([ben, cy]);
    const watcher = await ben.connect();
    await eventually(async () =>
      expect(await ask(watcher, cy)).toEqual({ [cy.id]: { online: false, lastSeenAt: null } }),
    );
    const device = await cy.connect();
    expect(await watcher.waitFor('presence')).toMatchObject({ userId: cy.id, online: true });
    device.close();
  });

  it('is told about nobody else: strangers are left out of the answer', async () => {
    const [ann, ben] = await friends();
    const eve = await person('eve');
    const watcher = await eve.connect();
    expect(await ask(watcher, ann, ben)).toEqual({});
    expect(await watcher.ok('presence:subscribe', { userIds: [nobody()] })).toEqual({});
    const device = await ann.connect({ gateway: 0 });
    const friend = await ben.connect({ gateway: 0 });
    await eventually(async () => expect((await ask(friend, ann))[ann.id]?.online).toBe(true));
    device.close();
    await friend.waitFor('presence', ({ online, userId }) => !online && userId === ann.id);
    await watcher.settle();
    expect(watcher.all('presence')).toEqual([]);
  });

  it('ends with the friendship', async () => {
    const [ann, ben] = await friends();
    const cy = await person('cy');
    await befriend(ben, cy);
    const watcher = await ann.connect({ gateway: 0 });
    const friend = await cy.connect({ gateway: 0 });
    await ask(watcher, ben);
    await ask(friend, ben);
    await ben.ok('DELETE', `/friends/${ann.id}`);
    await watcher.waitFor('friend:removed');
    await eventually(async () => expect(await ask(watcher, ben)).toEqual({}));
    const device = await ben.connect();
    await friend.waitFor('presence', ({ online }) => online);
    await watcher.settle();
    expect(watcher.all('presence')).toEqual([]);
    device.close();
  });

  it('ends with the last group that two people share', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben, cy]);
    const watcher = await ben.connect({ gateway: 0 });
    const friend = await ann.connect({ gateway: 0 });
    await eventually(async () => expect(Object.keys(await ask(watcher, cy))).toEqual([cy.id]));
    await ask(friend, cy);
    await cy.ok('POST', `/groups/${group.id}/leave`);
    await eventually(async () => expect(await ask(watcher, cy)).toEqual({}));
    const device = await cy.connect();
    await friend.waitFor('presence', ({ online }) => online);
    await watcher.settle();
    expect(watcher.all('presence')).toEqual([]);
    device.close();
  });

  it.each([
    ['no list', {}, 'userIds'],
    ['a text', { userIds: 'ann' }, 'userIds'],
    ['an id that is none', { userIds: ['ok', 'not ok'] }, 'userIds.1'],
    ['null among the ids', { userIds: [null] }, 'userIds.0'],
    ['more than 200', { userIds: Array.from({ length: 201 }, (_, i) => `u${i}`) }, 'userIds'],
    ['an unknown field', { userIds: [], all: true }, 'all'],
  ])('is refused for %s', async (_what, payload, path) => {
    const device = await (await person()).connect();
    expectRefusal(await device.raw('presence:subscribe', payload), 'validation_failed', path);
  });

  it('is asked about 200 people at once', async () => {
    const device = await (await person()).connect();
    const userIds = Array.from({ length: 200 }, () => nobody());
    expect(await device.ok('presence:subscribe', { userIds })).toEqual({});
  });
});

describe('Typing', () => {
  it('is seen by the other one’s devices and stored nowhere', async () => {
    const [ann, ben] = await friends();
    const [annDevice, one, two] = await Promise.all([ann.connect(), ben.connect(), ben.connect()]);
    const { conversationId } = await annDevice.say({ toUserId: ben.id }, 'wait');
    for (const active of [true, false]) {
      expect(await annDevice.ok('typing', { conversationId, active })).toEqual({});
      for (const device of [one, two])
        expect(await device.waitFor('typing', (signal) => signal.active === active)).toEqual({
          conversationId,
          userId: ann.id,
          active,
        });
    }
    await annDevice.settle();
    expect(annDevice.all('typing')).toEqual([]);
    expect(await ben.ok('GET', `/conversations/${conversationId}`)).toMatchObject({ lastSeq: 1 });
  });

  it('is seen by the other members of a group', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const { conversationId } = await ann.makeGroup([ben, cy]);
    const [a, b, c] = await Promise.all([ann.connect(), ben.connect(), cy.connect()]);
    await b.ok('typing', { conversationId, active: true });
    for (const device of [a, c])
      expect(await device.waitFor('typing')).toEqual({ conversationId, userId: ben.id, active: true });
  });

  it('is not seen of a member who may not write', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const { id, conversationId } = await ann.makeGroup([ben, cy]);
    const [a, b, c] = await Promise.all([ann, ben, cy].map((one) => one.connect({ gateway: 0 })));
    const mute = (mutedUntil: string | null): Promise<unknown> =>
      ann.ok('PATCH', `/groups/${id}/members/${ben.id}`, { mutedUntil });
    await mute(new Date(Date.now() + 60_000).toISOString());
    await eventually(async () => expect(await b?.refused({ conversationId })).toBe('muted'));
    expect(await b?.ok('typing', { conversationId, active: true })).toEqual({});
    await c?.ok('typing', { conversationId, active: true });
    await a?.waitFor('typing', ({ userId }) => userId === cy.id);
    expect(a?.all('typing').map(({ userId }) => userId)).toEqual([cy.id]);
    await mute(null);
    await eventually(async () => expect(await b?.refused({ conversationId })).toBe('ok'));
    await b?.ok('typing', { conversationId, active: true });
    await a?.waitFor('typing', ({ userId }) => userId === ben.id);
  });

  it('does not reach who has blocked', async () => {
    const [ann, eve] = await friends('ann', 'eve');
    const [annDevice, eveDevice] = await Promise.all([ann.connect({ gateway: 0 }), eve.connect({ gateway: 0 })]);
    const { conversationId } = await annDevice.say({ toUserId: eve.id }, 'last words');
    await ann.ok('PUT', `/blocks/${eve.id}`);
    await eveDevice.waitFor('friend:removed');
    await eveDevice.raw('typing', { conversationId, active: true });
    // what a friend of both would see by now has not come
    const cy = await person('cy');
    await befriend(cy, ann);
    const cyDevice = await cy.connect({ gateway: 0 });
    const direct = await cyDevice.say({ toUserId: ann.id }, 'hello');
    await cyDevice.ok('typing', { conversationId: direct.conversationId, active: true });
    await annDevice.waitFor('typing', ({ userId }) => userId === cy.id);
    expect(annDevice.all('typing').map(({ userId }) => userId)).toEqual([cy.id]);
  });

  it.each([
    ['no id', { active: true }, 'conversationId'],
    ['nothing to say', { conversationId: 'x' }, 'active'],
    ['a text for yes', { conversationId: 'x', active: 'true' }, 'active'],
    ['a number for yes', { conversationId: 'x', active: 1 }, 'active'],
    ['an unknown field', { conversationId: 'x', active: true, text: 'hel' }, 'text'],
  ])('is refused with %s', async (_what, payload, path) => {
    const device = await (await person()).connect();
    expectRefusal(await device.raw('typing', payload), 'validation_failed', path);
  });

  it('where there is nothing is not found', async () => {
    const device = await (await person()).connect();
    expectRefusal(await device.emit('typing', { conversationId: nobody(), active: true }), 'not_found');
  });
});
