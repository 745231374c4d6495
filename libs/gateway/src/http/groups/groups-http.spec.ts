import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { groupRpc, RpcClient, type Caller, type Problem, type Rpc } from '@dunlin/contracts';
import { Clock, Config, parseConfig } from '@dunlin/platform';
import { REDIS } from '@dunlin/relations';
import { ProblemFilter } from '../errors/problem.filter.js';
import { createValidationPipe } from '../validation.js';
import { GroupsHttpModule } from './groups-http.module.js';

const config = parseConfig({ JWT_SECRET: 'a secret of the tests, 0123456789' }, { name: 'test', defaultPort: 0 });

/** What the services are asked and answer. */
class RecordingServices extends RpcClient {
  readonly asked: { pattern: string; data: unknown; caller?: string }[] = [];
  answers: Record<string, unknown> = {};

  async call<Data, Result>(rpc: Rpc<Data, Result>, data: Data, context?: { caller?: Caller | null }): Promise<Result> {
    const asked: (typeof this.asked)[number] = { pattern: rpc.pattern, data };
    if (context?.caller) asked.caller = context.caller.userId;
    this.asked.push(asked);
    return (this.answers[rpc.pattern] ?? null) as Result;
  }
}

describe('Groups over HTTP', () => {
  let app: NestFastifyApplication;
  let origin: string;
  const services = new RecordingServices();
  let caller = 'ann';
  const request = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object | null) => {
    const response = await fetch(origin + url, {
      method,
      ...(payload === undefined
        ? {}
        : { body: JSON.stringify(payload), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as unknown };
  };
  const failedPaths = (body: unknown): string[] => ((body as Problem).errors ?? []).map((error) => error.path);
  const user = (id: string) => ({ id, username: id });

  beforeAll(async () => {
    @Module({
      imports: [
        {
          module: class Services {},
          global: true,
          providers: [
            { provide: RpcClient, useValue: services },
            { provide: Config, useValue: config },
            { provide: REDIS, useValue: null },
            { provide: Clock, useValue: Object.assign(new Clock(), { now: () => 0 }) },
          ],
          exports: [RpcClient, Config, REDIS, Clock],
        },
        GroupsHttpModule,
      ],
    })
    class App {}
    app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    app.useGlobalPipes(createValidationPipe());
    app.useGlobalFilters(new ProblemFilter());
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRequest', (incoming: object, _reply: unknown, done: () => void) => {
        Object.assign(incoming, { caller: { userId: caller, sessionId: 's' } });
        done();
      });
    await app.listen(0, '127.0.0.1');
    origin = await app.getUrl();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    caller = 'ann';
    services.asked.length = 0;
    services.answers = {};
  });

  it('answers with the statuses of the contract', async () => {
    services.answers = {
      [groupRpc.create.pattern]: { id: 'g1' },
      [groupRpc.join.pattern]: { status: 'pending' },
      [groupRpc.transfer.pattern]: { id: 'g1' },
      [groupRpc.addMembers.pattern]: { added: ['ben'], skipped: [] },
    };
    expect(await request('POST', '/groups', { name: 'Dunlin', joinPolicy: 'open' })).toEqual({
      status: 201,
      body: { id: 'g1' },
    });
    expect(await request('POST', '/groups/g1/join', {})).toEqual({ status: 200, body: { status: 'pending' } });
    expect(await request('POST', '/groups/g1/transfer', { userId: 'ben' })).toMatchObject({ status: 200 });
    expect(await request('POST', '/groups/g1/members', { userIds: ['ben'] })).toMatchObject({ status: 200 });
    for (const [method, path] of [
      ['POST', '/groups/g1/leave'],
      ['DELETE', '/groups/g1'],
      ['DELETE', '/groups/g1/members/ben'],
      ['POST', '/groups/g1/join-requests/ben/approve'],
      ['POST', '/groups/g1/join-requests/ben/reject'],
    ] as const)
      expect(await request(method, path)).toEqual({ status: 204, body: null });
    expect(services.asked.every((asked) => asked.caller === 'ann')).toBe(true);
    expect(services.asked[0]?.data).toEqual({ name: 'Dunlin', joinPolicy: 'open', memberIds: [] });
  });

  it('lets one join without a body', async () => {
    services.answers = { [groupRpc.join.pattern]: { status: 'joined' } };
    expect(await request('POST', '/groups/g1/join')).toEqual({ status: 200, body: { status: 'joined' } });
    expect(services.asked).toEqual([{ pattern: groupRpc.join.pattern, data: { groupId: 'g1' }, caller: 'ann' }]);
  });

  it('puts profiles into members and requests to join', async () => {
    const joinedAt = '2026-11-23T09:00:00.000Z';
    const member = (userId: string) => ({ userId, role: 'member', mutedUntil: null, joinedAt });
    services.answers = {
      'user.by-ids': [user('cleo'), user('ben')],
      [groupRpc.members.pattern]: { items: [member('ben'), member('gone'), member('cleo')], nextCursor: 'more' },
      [groupRpc.listJoinRequests.pattern]: {
        items: [{ userId: 'ben', message: '', createdAt: joinedAt }],
        nextCursor: null,
      },
      [groupRpc.updateMember.pattern]: member('ben'),
    };
    expect((await request('GET', '/groups/g1/members?limit=3')).body).toEqual({
      items: [user('ben'), user('cleo')].map((profile) => ({
        user: profile,
        role: 'member',
        mutedUntil: null,
        joinedAt,
      })),
      nextCursor: 'more',
    });
    expect((await request('GET', '/groups/g1/join-requests')).body).toEqual({
      items: [{ user: user('ben'), message: '', createdAt: joinedAt }],
      nextCursor: null,
    });
    const patched = await request('PATCH', '/groups/g1/members/ben', { mutedUntil: null });
    expect(patched.body).toMatchObject({ user: user('ben'), role: 'member' });
  });

  it('lets one person make a hundred changes at once, of whatever kind', async () => {
    caller = 'eve';
    for (let i = 0; i < 100; i++) expect((await request('POST', '/groups/g1/leave')).status).toBe(204);
    services.asked.length = 0;
    for (const [method, path, payload] of [
      ['PATCH', '/groups/g1', { name: 'Other' }],
      ['DELETE', '/groups/g1'],
      ['POST', '/groups/g1/join'],
      ['POST', '/groups/g1/leave'],
      ['POST', '/groups/g1/transfer', { userId: 'ben' }],
      ['POST', '/groups/g1/members', { userIds: ['ben'] }],
      ['DELETE', '/groups/g1/members/ben'],
      ['PATCH', '/groups/g1/members/ben', { role: 'admin' }],
      ['POST', '/groups/g1/join-requests/ben/approve'],
      ['POST', '/groups/g1/join-requests/ben/reject'],
    ] as const)
      expect(await request(method, path, payload)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(services.asked).toEqual([]);
    expect((await request('GET', '/groups')).status).toBe(200);
    caller = 'ben';
    expect((await request('POST', '/groups/g1/leave')).status).toBe(204);
  });

  it('makes an uploaded image readable to all only for who may set it', async () => {
    services.answers = { [groupRpc.get.pattern]: { myRole: 'admin' }, [groupRpc.update.pattern]: { id: 'g1' } };
    expect((await request('PATCH', '/groups/g1', { avatarMediaId: 'm1' })).status).toBe(200);
    expect(services.asked.map((asked) => asked.pattern)).toEqual([
      'group.get',
      'message.publish-media',
      'group.update',
    ]);
    services.answers[groupRpc.get.pattern] = { myRole: null };
    services.asked.length = 0;
    await request('PATCH', '/groups/g1', { avatarMediaId: 'm1' });
    expect(services.asked.map((asked) => asked.pattern)).toEqual(['group.get', 'group.update']);
  });

  it.each([
    ['POST', '/groups', { name: ' ', joinPolicy: 'open' }, ['name']],
    ['POST', '/groups', { name: 'x'.repeat(65), joinPolicy: 'open' }, ['name']],
    ['POST', '/groups', { joinPolicy: 'closed' }, ['joinPolicy', 'name']],
    ['POST', '/groups', { name: 'a', joinPolicy: 'open', memberIds: null }, ['memberIds']],
    ['POST', '/groups', { name: 'a', joinPolicy: 'open', memberIds: ['b', 'b'] }, ['memberIds']],
    ['POST', '/groups', { name: 'a', joinPolicy: 'open', memberIds: Array(201).fill('b') }, ['memberIds']],
    ['POST', '/groups', { name: 'a', joinPolicy: 'open', ownerId: 'b' }, ['ownerId']],
    ['PATCH', '/groups/g1', { name: null }, ['name']],
    ['PATCH', '/groups/g1', { joinPolicy: null }, ['joinPolicy']],
    ['PATCH', '/groups/g1', { avatarMediaId: 5 }, ['avatarMediaId']],
    ['POST', '/groups/g1/join', { message: 'x'.repeat(201) }, ['message']],
    ['POST', '/groups/g1/members', { userIds: [] }, ['userIds']],
    ['POST', '/groups/g1/members', { userIds: 'ben' }, ['userIds']],
    ['PATCH', '/groups/g1/members/ben', { role: 'owner' }, ['role']],
    ['PATCH', '/groups/g1/members/ben', { role: null }, ['role']],
    ['PATCH', '/groups/g1/members/ben', { mutedUntil: '2999-02-30T00:00:00.000Z' }, ['mutedUntil']],
    ['PATCH', '/groups/g1/members/ben', { mutedUntil: 'tomorrow' }, ['mutedUntil']],
    ['POST', '/groups/g1/transfer', {}, ['userId']],
  ] as const)('refuses a wrong body of %s %s (%#)', async (method, path, payload, paths) => {
    const { status, body } = await request(method, path, payload);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'validation_failed' });
    expect(failedPaths(body).sort()).toEqual([...paths]);
    expect(services.asked).toEqual([]);
  });

  it.each([
    '/groups?limit=0',
    '/groups?limit=101',
    '/groups/g1/members?limit=x',
    '/groups?page=2',
    '/group-directory',
    '/group-directory?q=',
    `/group-directory?q=${'x'.repeat(65)}`,
  ])('refuses the query of %s', async (path) => {
    expect(await request('GET', path)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(services.asked).toEqual([]);
  });

  it('finds nothing behind what cannot be an id', async () => {
    expect(await request('GET', '/groups/a%20b')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await request('DELETE', `/groups/g1/members/${'x'.repeat(65)}`)).toMatchObject({ status: 404 });
    expect(services.asked).toEqual([]);
  });
});
