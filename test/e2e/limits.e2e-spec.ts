import type { GroupCard } from '@dunlin/contracts/wire';
import { eventually, expectNoConnection, expectProblem, expectRefusal, outcome } from '../support/expectations.js';
import { dataUri, picture } from '../support/images.js';
import { newClientMsgId, nobody, unique } from '../support/names.js';
import { befriend, PASSWORD, person, Visitor, type Person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { Device } from '../support/device.js';

/** Messages of 12,000 bytes each. */
const LONG = 60;

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

  /** A conversation with more in it than fits into one answer. */
  const longHistory = async (): Promise<{ ann: Person; conversationId: string }> => {
    const ann = await someone('ann');
    const { conversationId } = await ann.makeGroup();
    const device = await ann.connect();
    for (let i = 0; i < LONG; i++) await device.say({ conversationId }, '界'.repeat(4000));
    device.close();
    return { ann, conversationId };
  };

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

  it('founds no more than a hundred groups an hour for one person', async () => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    const found = (who: Person) => who.http('POST', '/groups', { name: 'One more', joinPolicy: 'invite' });
    for (let i = 0; i < 100; i++) expect((await found(ann)).status).toBe(201);
    expectProblem(await found(ann), 'rate_limited');
    expect((await found(ben)).status).toBe(201);
  }, 60_000);

  it('lets one person change friendships, blocks and groups a hundred times at once, and others go on', async () => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    const fresh = await ann.signInAgain();
    const change = async () => [
      await fresh.http('PUT', `/blocks/${ben.id}`),
      await fresh.http('DELETE', `/friends/${ben.id}`),
      await fresh.http('DELETE', `/blocks/${ben.id}`),
      await fresh.http('POST', `/friend-requests/${nobody()}/accept`),
    ];
    const refused = await eventually(async () => {
      const found = (await Promise.all(Array.from({ length: 50 }, change)))
        .flat()
        .filter(({ status }) => status === 429);
      expect(found.length).toBeGreaterThan(0);
      return found;
    });
    for (const reply of refused.slice(0, 3)) expectProblem(reply, 'rate_limited');
    expect((await ben.http('PUT', `/blocks/${ann.id}`)).status).toBe(204);
    await ann.signInAgain();
  });

  it('takes uploads up to its own size', async () => {
    const ann = await someone('ann');
    expect(await ann.ok('GET', '/limits')).toEqual({ mediaBytes: 2048 });
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

  it('ends a history page before it is too large to hold, and the next ones bring the rest', async () => {
    const { ann, conversationId } = await longHistory();
    const device = await ann.connect();
    const seqs: number[] = [];
    for (let page = 0, more = true; more; page++) {
      const { messages, hasMore } = await device.ok('conversation:sync', {
        conversationId,
        afterSeq: seqs.at(-1) ?? 0,
        limit: 200,
      });
      expect(Buffer.byteLength(JSON.stringify(messages))).toBeLessThan(1024 * 1024);
      seqs.push(...messages.map(({ seq }) => seq));
      more = hasMore;
      expect(page).toBeLessThan(5);
    }
    expect(seqs).toEqual(Array.from({ length: LONG + 1 }, (_, i) => i + 1));
  });

  it('drops a client that asks by polling and never fetches the answers', async () => {
    const { ann, conversationId } = await longHistory();
    const url = `${ann.base}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1)) as { sid: string };
    const post = (body: string) => fetch(`${url}&sid=${sid}`, { method: 'POST', body });
    await post(`40/im,${JSON.stringify({ token: ann.token })}`);
    expect(await (await fetch(`${url}&sid=${sid}`)).text()).toContain('40/im');
    const ask = JSON.stringify(['conversation:sync', { conversationId, afterSeq: 0, limit: 200 }]);
    await post(Array.from({ length: 40 }, (_, id) => `42/im,${id}${ask}`).join('\x1e'));
    await eventually(async () => expect((await post('3')).status).toBe(400));
    const metrics = await (await fetch(`${ann.base}/metrics`)).text();
    expect(metrics).toMatch(/^dunlin_readers_dropped_total [1-9]/m);
  });

  it('answers busy when a device has too many inline images under way, and the text behind them is not forgotten', async () => {
    const ann = await someone('ann');
    const { conversationId } = await ann.makeGroup();
    const device = await ann.connect();
    const data = dataUri(await picture('png', 8, 8));
    const acks = Array.from({ length: 40 }, (_, i) =>
      device.emit('message:send', { clientMsgId: `image-${i}`, type: 'image', content: { data }, conversationId }),
    );
    const text = device.say({ conversationId }, 'behind them');
    const codes = (await Promise.all(acks)).map((ack) => (ack.ok ? 'ok' : ack.error.code));
    expect(new Set(codes)).toEqual(new Set(['ok', 'busy']));
    expect((await text).seq).toBe(codes.filter((code) => code === 'ok').length + 2);
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
