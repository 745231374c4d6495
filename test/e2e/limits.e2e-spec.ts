import type { GroupCard } from '@dunlin/contracts/wire';
import { eventually, expectNoConnection, expectProblem, expectRefusal, outcome } from '../support/expectations.js';
import { newClientMsgId, unique } from '../support/names.js';
import { befriend, PASSWORD, person, Visitor, type Person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { Device } from '../support/device.js';

describe('A server with its limits on, small groups and small uploads', () => {
  let server: Topology;
  const troubles: string[] = [];
  const someone = (base: string): Promise<Person> => person(base, server.gateways);

  beforeAll(async () => {
    server = await startTopology({
      embedded: true,
      env: { RATE_LIMIT: 'on', GROUP_MAX_MEMBERS: '3', MEDIA_MAX_BYTES: '2048' },
      onTrouble: (what) => troubles.push(what),
    });
  });
  afterAll(async () => {
    await server?.stop();
    expect(troubles).toEqual([]);
  });

  it('fills a group to its last place, which one of many gets', async () => {
    const ann = await someone('ann');
    const others = await Promise.all(['b', 'c', 'd', 'e'].map((name) => someone(name)));
    const group = await ann.ok<GroupCard>('POST', '/groups', { name: 'Small', joinPolicy: 'open' });
    const replies = await Promise.all(others.map((who) => who.http('POST', `/groups/${group.id}/join`, {})));
    expect(replies.map(outcome).sort()).toEqual(['group_full', 'group_full', 'ok', 'ok']);
    for (const reply of replies) if (reply.status !== 200) expectProblem(reply, 'group_full');
    expect((await ann.ok<GroupCard>('GET', `/groups/${group.id}`)).memberCount).toBe(3);
    const [out] = others.filter((_, i) => replies[i]?.status !== 200);
    await befriend(ann, out as Person);
    const add = { userIds: [(out as Person).id] };
    expectProblem(await ann.http('POST', `/groups/${group.id}/members`, add), 'group_full');
    const [inside] = others.filter((_, i) => replies[i]?.status === 200);
    await (inside as Person).ok('POST', `/groups/${group.id}/leave`);
    expect((await ann.http('POST', `/groups/${group.id}/members`, add)).status).toBe(200);
  });

  it('founds no group that would be too full', async () => {
    const ann = await someone('ann');
    const others = await Promise.all(['b', 'c', 'd'].map((name) => someone(name)));
    for (const other of others) await befriend(ann, other);
    const body = { name: 'Crowd', joinPolicy: 'open', memberIds: others.map(({ id }) => id) };
    expectProblem(await ann.http('POST', '/groups', body), 'group_full');
    expect(await ann.ok('GET', '/groups')).toEqual({ items: [], nextCursor: null });
  });

  it('takes uploads up to its own size', async () => {
    const ann = await someone('ann');
    expect((await ann.upload(Buffer.alloc(2048, 'x'), 'x.txt')).status).toBe(201);
    expectProblem(await ann.upload(Buffer.alloc(2049, 'x'), 'x.txt'), 'payload_too_large');
  });

  it('makes guessing of one person’s password slow, and locks nobody else out', async () => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    const login = (username: string, password: string) =>
      new Visitor(server.gateways).http('POST', '/auth/login', { username, password });
    const outcomes: string[] = [];
    for (let i = 0; i < 14; i++) {
      const reply = await login(ann.user.username, `guess number ${i}`);
      outcomes.push(outcome(reply));
      if (reply.status === 429) expectProblem(reply, 'rate_limited');
    }
    expect(outcomes[0]).toBe('invalid_credentials');
    expect(outcomes.at(-1)).toBe('rate_limited');
    expect((await login(ben.user.username, PASSWORD)).status).toBe(200);
    // and who is in already stays in
    await (await Device.connect(server.gateways[0] as string, (await ben.signInAgain()).token)).settle();
  });

  it('answers a flood of messages with rate_limited at once, and stores what it acknowledged', async () => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    await befriend(ann, ben);
    const fresh = await ann.signInAgain();
    const device = await fresh.connect();
    const send = () =>
      device.emit('message:send', {
        clientMsgId: newClientMsgId(),
        type: 'text',
        content: { text: 'more' },
        toUserId: ben.id,
      });
    // however slow this machine is just now, in the end more come than are let through
    const answers: Awaited<ReturnType<typeof send>>[] = [];
    for (let round = 0; round < 10 && answers.every(({ ok }) => ok); round++)
      answers.push(...(await Promise.all(Array.from({ length: 400 }, send))));
    const refused = answers.filter((answer) => !answer.ok);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expectRefusal(answer, 'rate_limited');
      expect((answer as { error: { retryAfterMs?: number } }).error.retryAfterMs).toBeGreaterThan(0);
    }
    const acked = answers.flatMap((answer) => (answer.ok ? [answer.data.seq] : []));
    expect(acked).toEqual(acked.map((_, i) => i + 1));
    const { conversations } = await device.ok('sync', { cursors: {} });
    expect(conversations[0]?.lastSeq).toBe(acked.length);
  });

  it('answers a flood of other events and of requests with rate_limited', async () => {
    const ann = await (await someone('ann')).signInAgain();
    const device = await ann.connect();
    await eventually(async () => {
      const ask = () => device.raw('presence:subscribe', { userIds: [] });
      const answers = await Promise.all(Array.from({ length: 400 }, ask));
      expect(answers.some((answer) => !answer.ok && answer.error.code === 'rate_limited')).toBe(true);
    });
    const limited = await eventually(async () => {
      const replies = await Promise.all(Array.from({ length: 450 }, () => ann.http('GET', '/users/me')));
      const found = replies.filter(({ status }) => status === 429);
      expect(found.length).toBeGreaterThan(0);
      return found;
    });
    for (const reply of limited.slice(0, 3)) expectProblem(reply, 'rate_limited');
    // health and figures are never limited
    const probes = await Promise.all(Array.from({ length: 50 }, () => fetch(`${server.gateways[0]}/health/live`)));
    expect(new Set(probes.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('still lets people register', async () => {
    expect((await new Visitor(server.gateways).register(unique('late'))).id).toBeTruthy();
  });
});

describe('A server whose access tokens hold for a second', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology({ embedded: true, env: { ACCESS_TOKEN_TTL: '1' } });
  });
  afterAll(() => server?.stop());

  it('tells an access token that has expired from one that never was good', async () => {
    const ann = await person('ann', server.gateways);
    await eventually(async () => expect(outcome(await ann.http('GET', '/users/me'))).toBe('token_expired'));
    await expectNoConnection(Device.connect(server.gateways[0] as string, ann.token), 'token_expired');
    const { body } = await ann.http<{ accessToken: string }>('POST', '/auth/refresh', {
      refreshToken: ann.auth.refreshToken,
    });
    expect(body.accessToken).not.toBe(ann.token);
  });
});
