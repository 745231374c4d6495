import type { Conversation, GroupCard, MessagePage, User } from '@dunlin/contracts/wire';
import { expectProblem, expectRefusal, outcome } from '../support/expectations.js';
import { newClientMsgId } from '../support/names.js';
import { friends, PASSWORD, person, Visitor, type Person } from '../support/person.js';

let ann: Person;
let ben: Person;
let group: GroupCard;
let conversationId: string;
beforeAll(async () => {
  [ann, ben] = await friends();
  group = await ann.makeGroup([ben]);
  conversationId = group.conversationId;
  await ann.post(conversationId, 'one');
});

const SQL = [
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '" OR ""="',
  '1) UNION SELECT passwordHash FROM users --',
  "\\'; --",
  '%',
  '_',
  "a' AND SLEEP(5)='",
  '`id`',
  '${7*7}',
  '?',
  ':id',
];

describe('SQL', () => {
  it.each(SQL)('[A56] %s is a text like any other, wherever a text may stand', async (text) => {
    const begun = performance.now();
    const login = await new Visitor().http('POST', '/auth/login', { username: text, password: text });
    expectProblem(login, 'invalid_credentials');
    const q = encodeURIComponent(text);
    for (const path of [`/users?q=${q}`, `/group-directory?q=${q}`]) {
      const reply = await ann.http<{ items: unknown[] }>('GET', path);
      expect([reply.status, reply.body.items]).toEqual([200, []]);
    }
    for (const path of [`/users/${q}`, `/groups/${q}`, `/conversations/${q}`, `/media/${q}`])
      expectProblem(await ann.http('GET', path), 'not_found');
    for (const path of [
      `/friends?cursor=${q}`,
      `/friends?limit=${q}`,
      `/conversations/${conversationId}/messages?afterSeq=${q}`,
    ])
      expectProblem(await ann.http('GET', path), 'validation_failed');
    expect(await ann.ok<User>('PATCH', '/users/me', { displayName: text })).toMatchObject({ displayName: text });
    const { seq } = await ann.post(conversationId, text, text.slice(0, 64));
    const page = await ben.ok<MessagePage>(
      'GET',
      `/conversations/${conversationId}/messages?afterSeq=${seq - 1}&limit=1`,
    );
    expect(page.messages[0]?.content).toEqual({ text });
    expect(performance.now() - begun).toBeLessThan(4000);
  });

  it('[A56] has no operators as objects, and no direction that a client chooses', async () => {
    const operators = [
      { $ne: '' },
      { $gt: '' },
      { not: '' },
      { like: '%' },
      { _type: 'raw', value: '1=1' },
      { '@instanceof': 'Symbol(FindOperator)', _type: 'not' },
    ];
    for (const operator of operators) {
      expectProblem(
        await new Visitor().http('POST', '/auth/login', { username: operator, password: PASSWORD }),
        'validation_failed',
        'username',
      );
      expectProblem(
        await new Visitor().http('POST', '/auth/login', { username: ann.user.username, password: operator }),
        'validation_failed',
        'password',
      );
      expectProblem(await ann.http('POST', '/friend-requests', { userId: operator }), 'validation_failed', 'userId');
      expectProblem(
        await ann.http('POST', '/groups', { name: 'x', joinPolicy: 'open', memberIds: [operator] }),
        'validation_failed',
      );
      expectRefusal(
        await (await ann.connect()).raw('conversation:sync', { conversationId: operator, afterSeq: 0 }),
        'validation_failed',
      );
    }
    for (const query of [
      'order=DESC',
      'sort=id;DROP',
      'orderBy=passwordHash',
      'direction=DESC',
      'where[id]=1',
      'select=passwordHash',
      'q[$ne]=',
      'limit[$gt]=1',
    ])
      for (const path of ['/friends', '/groups', '/conversations', `/conversations/${conversationId}/messages`])
        expectProblem(await ann.http('GET', `${path}?${query}`), 'validation_failed');
    for (const direction of ['DESC', 'incoming;', "incoming' --", ''])
      expectProblem(
        await ann.http('GET', `/friend-requests?direction=${encodeURIComponent(direction)}`),
        'validation_failed',
        'direction',
      );
  });
});

describe('Fields', () => {
  const KEYS = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', '__defineSetter__'];

  it.each(KEYS)('[A57] called %s pass no validation and change nothing', async (key) => {
    const polluted = (rest: string): string =>
      `{${rest}"${key}":{"isAdmin":true,"role":"admin","prototype":{"isAdmin":true}}}`;
    const json = (method: string, path: string, body: string) =>
      ann.http(method, path, undefined, { raw: body, headers: { 'content-type': 'application/json' } });
    for (const [method, path, rest] of [
      ['PATCH', '/users/me', '"displayName":"Ann",'],
      ['POST', '/groups', '"name":"x","joinPolicy":"open",'],
      ['PATCH', `/conversations/${conversationId}`, '"muted":true,'],
      ['PUT', `/conversations/${conversationId}/read`, '"seq":1,'],
      ['POST', '/friend-requests', '"username":"nobody-of-this-name",'],
    ] as const)
      expectProblem(await json(method, path, polluted(rest)), 'validation_failed');
    const nested = `{"clientMsgId":"p","type":"text","content":${polluted('"text":"x",')}}`;
    expectProblem(await json('POST', `/conversations/${conversationId}/messages`, nested), 'validation_failed');
    const device = await ann.connect();
    const payload = JSON.parse(polluted('"conversationId":"x","active":true,')) as object;
    expectRefusal(await device.raw('typing', payload), 'validation_failed');
    expectProblem(await ann.http('GET', `/friends?${key}[isAdmin]=true`), 'validation_failed');
    expect((await json('POST', '/groups', '{"name":"x"}')).text).not.toContain('isAdmin');
  });

  it('[A58] that are lists, huge, negative, fractions or no numbers are refused', async () => {
    const numbers = ['-1', '0x10', '1e9', '9007199254740993', '1.5', 'NaN', 'Infinity', '', ' ', '1,2', '٣'];
    for (const number of [...numbers, '0', '1000000000'])
      for (const path of ['/friends', '/conversations', '/groups'])
        expectProblem(
          await ann.http('GET', `${path}?limit=${encodeURIComponent(number)}`),
          'validation_failed',
          'limit',
        );
    for (const number of numbers.filter((one) => one !== '1e9'))
      expectProblem(
        await ann.http('GET', `/conversations/${conversationId}/messages?afterSeq=${encodeURIComponent(number)}`),
        'validation_failed',
        'afterSeq',
      );
    const device = await ann.connect();
    for (const seq of [-1, 1.5, 2 ** 53, 1e300, '1', [1], null, true]) {
      expectProblem(
        await ann.http('PUT', `/conversations/${conversationId}/read`, { seq }),
        'validation_failed',
        'seq',
      );
      expectRefusal(await device.raw('conversation:read', { conversationId, seq }), 'validation_failed', 'seq');
      expectRefusal(await device.raw('conversation:sync', { conversationId, afterSeq: seq }), 'validation_failed');
      expectRefusal(await device.raw('sync', { cursors: { [conversationId]: seq } }), 'validation_failed');
    }
    for (const query of ['limit=1&limit=2', 'limit[]=1', 'cursor=a&cursor=b'])
      expectProblem(await ann.http('GET', `/friends?${query}`), 'validation_failed');
    expectProblem(await ann.http('GET', '/users?q=a&q=b'), 'validation_failed', 'q');
    const many = Array.from({ length: 5000 }, () => ann.id);
    expectRefusal(await device.raw('presence:subscribe', { userIds: many }), 'validation_failed');
    expectProblem(
      await ann.http('POST', '/groups', { name: 'x', joinPolicy: 'open', memberIds: many }),
      'validation_failed',
    );
    const cursors = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`c${i}`, 1]));
    expect(['validation_failed', 'ok']).toContain(outcome(await device.raw('sync', { cursors })));
    // the end of a conversation is its end, however far one points
    expect(await device.ok('conversation:read', { conversationId, seq: 1_000_000_000 })).toMatchObject({ unread: 0 });
    expect((await ann.ok<Conversation>('GET', `/conversations/${conversationId}`)).readSeq).toBeLessThan(1000);
  });
});

describe('Script', () => {
  const SCRIPTS = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    'javascript:alert(1)//',
    '<svg/onload=alert(1)>',
    '{{7*7}}',
    '</title><script>alert(1)</script>',
  ];

  it.each(SCRIPTS)('[A59] %s is kept as it is, and served only as what no browser runs', async (script) => {
    const who = await person();
    await who.ok('PATCH', '/users/me', { displayName: script });
    const own = await who.ok<GroupCard>('POST', '/groups', { name: script, joinPolicy: 'open' });
    await who.post(own.conversationId, script);
    // a path is refused as a file's name
    const name = `${script.replaceAll('/', '')}.txt`;
    const file = await who.uploaded(Buffer.from('harmless words'), name);
    await who.ok('POST', `/conversations/${own.conversationId}/messages`, {
      clientMsgId: newClientMsgId(),
      type: 'file',
      content: { mediaId: file.id, name },
    });
    for (const path of [
      '/users/me',
      `/groups/${own.id}`,
      `/conversations/${own.conversationId}/messages`,
      `/users?q=${encodeURIComponent(script)}`,
    ]) {
      const { headers, body } = await who.http('GET', path, undefined, {
        headers: { accept: 'text/html,application/xhtml+xml' },
      });
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toMatch(/script-src 'self'(;|$)/);
      expect(JSON.stringify(body)).toContain(JSON.stringify(script).slice(1, -1));
    }
    const served = await who.fetch(file.url);
    expect(served.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(served.headers.get('content-type')).toBe('application/octet-stream');
    expect(served.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('[A59] in a path, a query or a header does not come back as a page', async () => {
    const script = '%3Cscript%3Ealert(1)%3C/script%3E';
    for (const path of [`/${script}`, `/users/${script}`, `/users?q=a&${script}=1`, `/users/%E0%A4%A${script}`]) {
      const { headers, text } = await ann.http('GET', path, undefined, {
        headers: { accept: 'text/html', referer: '<script>' },
      });
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      if (!path.includes('?')) expect(text).not.toContain('<script>');
    }
  });
});

describe('Regular expressions', () => {
  it('[A61] find no text that keeps them busy', async () => {
    const device = await ann.connect();
    const long = (unit: string, size = 100_000): string => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
    const texts = [
      long('a'),
      `${long('a')}!`,
      `${long(' ')}x`,
      `${long('\t')}x`,
      long('a.'),
      long('-_.'),
      `${long('é')}\n`,
      `${long('0')}Z`,
      long('1-'),
      long('('),
      long('\u200d🐧'),
    ];
    const dates = [`2026-01-01T${long('0')}Z`, `${long('2')}-01-01`, `2026-01-01T00:00:00.${long('0', 50_000)}Z`];
    const requests = (text: string): (() => Promise<unknown>)[] => [
      () => new Visitor().http('POST', '/auth/register', { username: text, password: text, displayName: text }),
      () => new Visitor().http('POST', '/auth/refresh', { refreshToken: text }),
      () => ann.http('PATCH', '/users/me', { displayName: text, avatarMediaId: text }),
      () => ann.http('POST', '/groups', { name: text, joinPolicy: text }),
      () =>
        device.raw('message:send', {
          clientMsgId: text,
          type: 'image',
          content: { data: `data:image/png;base64,${text}` },
          toUserId: text,
        }),
      () =>
        device.raw('message:send', {
          clientMsgId: 'x',
          type: 'file',
          content: { mediaId: 'x', name: text },
          toUserId: ben.id,
        }),
      () => device.raw(text, {}),
      () => ann.upload(Buffer.from('x'), `${text.slice(0, 5000).replaceAll(/[^\x20-\x7e]/g, 'x')}.exe`),
      () => ann.upload(Buffer.from(`<${text}`), 'x.txt'),
    ];
    for (const text of texts)
      for (const request of requests(text)) {
        const begun = performance.now();
        await request();
        expect(performance.now() - begun).toBeLessThan(2000);
      }
    for (const mutedUntil of dates) {
      const begun = performance.now();
      expectProblem(
        await ann.http('PATCH', `/groups/${group.id}/members/${ben.id}`, { mutedUntil }),
        'validation_failed',
        'mutedUntil',
      );
      expect(performance.now() - begun).toBeLessThan(2000);
    }
    const headers: Record<string, string>[] = [
      { authorization: `Bearer${' '.repeat(12_000)}x` },
      { origin: `http://${'a.'.repeat(6000)}` },
      { 'content-type': `multipart/form-data; ${'a'.repeat(12_000)}` },
      { range: `bytes=${'1-,'.repeat(4000)}` },
      { 'x-forwarded-for': '1.1.1.1,'.repeat(1500) },
      { 'x-trace-id': 'a'.repeat(12_000) },
      { 'if-none-match': '"a",'.repeat(3000) },
    ];
    for (const more of headers) {
      const begun = performance.now();
      await ann.http('POST', '/media', undefined, { headers: more, raw: 'x' });
      await ann.http('GET', '/users/me', undefined, { headers: more });
      expect(performance.now() - begun).toBeLessThan(2000);
    }
  });
});
