import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePage, Presence, SendPayload, SendResult } from '@dunlin/contracts/wire';
import Libsql from 'libsql';
import { Device } from '../support/device.js';
import { eventually } from '../support/expectations.js';
import { request } from '../support/http.js';
import { newClientMsgId } from '../support/names.js';
import { befriend, person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';

describe('A server that is killed in the middle of its work', () => {
  let server: Topology;
  const troubles: string[] = [];
  beforeAll(async () => {
    server = await startTopology({ embedded: true, onTrouble: (what) => troubles.push(what) });
  });
  afterAll(() => server?.stop());

  it('has kept everything that it acknowledged, and takes a resend for the same message', async () => {
    const [base] = server.gateways as [string];
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    await befriend(ann, ben);
    const device = await ann.connect();
    const ids = Array.from({ length: 60 }, () => newClientMsgId());
    const acked = new Map<string, SendResult>();
    const send = (to: Device, clientMsgId: string) =>
      to.emit('message:send', { clientMsgId, type: 'text', content: { text: clientMsgId }, toUserId: ben.id });
    const answers = ids.map((id) =>
      send(device, id).then(
        (answer) => answer.ok && acked.set(id, answer.data),
        () => undefined, // the connection broke: no promise was made
      ),
    );
    await Promise.race(answers);
    await server.kill('monolith', 'SIGKILL');
    await Promise.all(answers);
    expect(acked.size).toBeGreaterThan(0);
    await server.restart('monolith');

    const again = await Device.connect(base, ann.token);
    const results: SendResult[] = [];
    for (const id of ids) {
      const answer = await send(again, id);
      expect(answer.ok).toBe(true);
      if (answer.ok) results.push(answer.data);
      const before = acked.get(id);
      if (before) expect(results.at(-1)).toEqual({ ...before, duplicate: true });
    }
    const [{ conversationId }] = results as [SendResult];
    const path = `/conversations/${conversationId}/messages?afterSeq=0&limit=200`;
    const { messages } = await ben.ok<MessagePage>('GET', path);
    expect(messages.map(({ seq }) => seq)).toEqual(ids.map((_, i) => i + 1));
    expect(messages.map(({ content }) => content)).toEqual(
      results
        .map((result, i) => ({ result, id: ids[i] }))
        .sort((a, b) => a.result.seq - b.result.seq)
        .map(({ id }) => ({ text: id })),
    );
    expect(troubles).toEqual([]);
  });

  it('knows about when those were last seen who were connected', async () => {
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    await befriend(ann, ben);
    const came = Date.now();
    await ben.connect();
    const database = new Libsql(join(server.folder, 'data', 'dunlin.sqlite'), { readonly: true });
    const stored = database.prepare('SELECT lastSeenAt FROM users WHERE id = ?');
    await eventually(() => expect(stored.get(ben.id)).toMatchObject({ lastSeenAt: expect.any(Number) }));
    database.close();
    await server.kill('monolith', 'SIGKILL');
    const killed = Date.now();
    await server.restart('monolith');
    const answer = await (await ann.connect()).ok('presence:subscribe', { userIds: [ben.id] });
    const { online, lastSeenAt } = answer[ben.id] as Presence;
    expect(online).toBe(false);
    expect(Date.parse(lastSeenAt as string)).toBeGreaterThanOrEqual(came);
    expect(Date.parse(lastSeenAt as string)).toBeLessThanOrEqual(killed);
  });

  it('is not ready while another program keeps it from writing, and stores what waited when that ends', async () => {
    const [base] = server.gateways as [string];
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    await befriend(ann, ben);
    const device = await ann.connect();
    const ready = (status: number): Promise<void> =>
      eventually(async () => expect((await request(base, 'GET', '/health/ready')).status).toBe(status));
    const other = new Libsql(join(server.folder, 'data', 'dunlin.sqlite'));
    other.exec('PRAGMA busy_timeout=5000');
    other.exec('BEGIN IMMEDIATE');
    let sent: Promise<SendResult>;
    try {
      await ready(200);
      sent = device.say({ toUserId: ben.id }, 'patience');
      await ready(503);
    } finally {
      other.exec('ROLLBACK');
      other.close();
    }
    expect(await sent).toMatchObject({ seq: 1, duplicate: false });
    await ready(200);
    expect(troubles).toEqual([]);
  });

  it('answers what it has taken before it ends in good order', async () => {
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    await befriend(ann, ben);
    const device = await ann.connect();
    const { conversationId } = await device.say({ toUserId: ben.id }, 'first');
    const payload = (): SendPayload => ({ clientMsgId: newClientMsgId(), type: 'text', content: { text: 'last' } });
    // another program keeps the file, so that all of them are under way
    const other = new Libsql(join(server.folder, 'data', 'dunlin.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    const sends = Array.from({ length: 20 }, () => device.emit('message:send', { ...payload(), toUserId: ben.id }));
    const post = ann.http<SendResult>('POST', `/conversations/${conversationId}/messages`, payload());
    await Promise.all([device.settle(), ann.ok('GET', '/users/me')]);
    const exit = server.kill('monolith', 'SIGTERM');
    try {
      const [base] = server.gateways as [string];
      await eventually(async () => expect((await request(base, 'GET', '/health/ready')).status).toBe(503));
      expect(await device.refused({ toUserId: ben.id })).toBe('unavailable');
    } finally {
      other.exec('ROLLBACK');
      other.close();
    }
    const answers = await Promise.all(sends);
    expect(answers.map(({ ok }) => ok)).toEqual(answers.map(() => true));
    expect((await post).status).toBe(201);
    expect(await exit).toEqual({ code: 0, signal: null });
    await server.restart('monolith');
    const { lastSeq } = await ben.ok<MessagePage>('GET', `/conversations/${conversationId}/messages`);
    expect(lastSeq).toBe(22);
  });

  it('ends in good order when it is told to, and lets its sockets go first', async () => {
    const [base] = server.gateways as [string];
    const ann = await person('ann', server.gateways);
    const device = await Device.connect(base, ann.token);
    const exit = server.kill('monolith', 'SIGTERM');
    await device.waitForClose();
    expect(await exit).toEqual({ code: 0, signal: null });
    await server.restart('monolith');
    expect(await ann.ok('GET', '/users/me')).toEqual(ann.user);
  });

  it('leaves all that it acknowledged in its one database file when it ends in good order', async () => {
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    await befriend(ann, ben);
    const device = await ann.connect();
    const texts = Array.from({ length: 30 }, (_, i) => `kept ${i}`);
    const sent = await Promise.all(texts.map((text) => device.say({ toUserId: ben.id }, text)));
    await server.kill('monolith', 'SIGTERM');
    const backup = mkdtempSync(join(tmpdir(), 'dunlin-backup-'));
    copyFileSync(join(server.folder, 'data', 'dunlin.sqlite'), join(backup, 'dunlin.sqlite'));
    const copy = await startTopology({
      embedded: true,
      env: { DATA_DIR: backup, JWT_SECRET: server.env['JWT_SECRET'] as string },
    });
    try {
      const path = `/api/v1/conversations/${sent[0]?.conversationId}/messages?limit=200`;
      const { body } = await request<MessagePage>(copy.gateways[0] as string, 'GET', path, undefined, {
        token: ben.token,
      });
      expect(body.messages.map(({ content }) => content)).toEqual(texts.map((text) => ({ text })).reverse());
    } finally {
      await copy.stop();
      rmSync(backup, { recursive: true });
      await server.restart('monolith');
    }
  });
});
