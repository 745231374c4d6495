import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { outcome } from '../support/expectations.js';
import { newClientMsgId, unique } from '../support/names.js';
import { Device } from '../support/device.js';
import { befriend, Visitor, type Person } from '../support/person.js';
import { sendBytes } from '../support/raw-http.js';
import { startTopology, type Topology } from '../support/topology.mjs';

// Says all that it ever says; what a test makes happen must leave no secret and no forged line in it.
let server: Topology;
beforeAll(async () => {
  server = await startTopology({ embedded: true, env: { LOG_LEVEL: 'trace' } });
});
afterAll(() => server?.stop());

const logged = (): string[] =>
  readdirSync(server.folder)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(path.join(server.folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '');

const PASSWORD = 'a-password-like-no-other-1234';
const WORDS = 'words-that-are-nobody-elses-business';
const FORGED = '{"level":"fatal","msg":"forged-line"}';

describe('The log', () => {
  let ann: Person;
  let ben: Person;
  const secrets: string[] = [PASSWORD, WORDS];
  beforeAll(async () => {
    const visitor = new Visitor(server.gateways);
    ann = await visitor.register(unique('ann'), { password: PASSWORD });
    ben = await visitor.register(unique('ben'), { password: PASSWORD });
    await befriend(ann, ben);
    secrets.push(ann.token, ann.auth.refreshToken, ben.token);
  });

  it('[A23] [A60] has no password, token or message in it, whatever goes well or wrong', async () => {
    const visitor = new Visitor(server.gateways);
    await ann.signInAgain();
    await visitor.http('POST', '/auth/login', { username: ann.user.username, password: `${PASSWORD}!` });
    await visitor.http('POST', '/auth/login', { username: PASSWORD, password: [PASSWORD] });
    await visitor.http('POST', '/auth/register', undefined, {
      raw: `{"username":"${PASSWORD}`,
      headers: { 'content-type': 'application/json' },
    });
    await ann.http('GET', `/users/me?token=${ann.token}`);
    await ann.http('GET', `/nothing/${ann.token}`);
    await visitor.http('GET', '/users/me', undefined, { token: `${ann.token}x` });
    const device = await ann.connect();
    const { conversationId } = await device.say({ toUserId: ben.id }, WORDS);
    await device.raw('message:send', { clientMsgId: newClientMsgId(), type: WORDS, content: WORDS });
    await ann.http('POST', `/conversations/${conversationId}/messages`, {
      content: { text: WORDS },
      type: 'text',
      clientMsgId: [WORDS],
    });
    await Device.connect(server.gateways[0] as string, `${ann.token}x`).catch(() => undefined);
    await ann.upload(Buffer.from(WORDS), 'x.exe');
    await sendBytes(server.gateways[0] as string, `BAD ${ann.token}\r\n\r\n`);
    const { body } = await visitor.http<{ refreshToken: string }>('POST', '/auth/refresh', {
      refreshToken: ann.auth.refreshToken,
    });
    secrets.push(body.refreshToken);
    await visitor.http('POST', '/auth/refresh', { refreshToken: ann.auth.refreshToken });
    const log = logged().join('\n');
    expect(log.length).toBeGreaterThan(0);
    for (const secret of [...secrets, server.env['JWT_SECRET'] as string]) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/eyJ[\w-]{10,}\.eyJ|\$argon2/);
  });

  it('[A60] has no line in it that a client has written', async () => {
    const before = logged().length;
    const visitor = new Visitor(server.gateways);
    for (const text of [`x\n${FORGED}`, `x\r\n${FORGED}`, `x\u2028${FORGED}`, `\u001b[2K${FORGED}`]) {
      const escaped = encodeURIComponent(text);
      await visitor.http('POST', '/auth/login', { username: text, password: text, device: text });
      await visitor.http('GET', `/users/${escaped}?q=${escaped}`, undefined, {
        headers: { 'user-agent': escaped, 'x-trace-id': escaped },
      });
      const device = await ben.connect();
      await device.raw(text, { [text]: text });
      await ben.http('POST', '/groups', { name: text, joinPolicy: text });
      await ben.upload(Buffer.from('x'), text);
    }
    expect(outcome(await ben.http('GET', '/users/me'))).toBe('ok');
    const lines = logged().slice(before);
    // each line of the server is one record with its own time and level
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), time: expect.any(String) });
    expect(lines.filter((line) => (JSON.parse(line) as { msg?: string }).msg === 'forged-line')).toEqual([]);
  });
});
