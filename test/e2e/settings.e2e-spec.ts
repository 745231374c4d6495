import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../tools/lib/services/ports.mjs';
import { eventually } from '../support/expectations.js';

/** sysexits.h: EX_CONFIG. */
const CONFIG_ERROR = 78;
const SECRET = 'kV2x9-Qm7Zr4_Tn8Lp1Wd6Hs3Jb5Yc0Fg-u8Ei';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'dunlin-settings-'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function run(app: string, env: Record<string, string>): ChildProcessByStdio<null, Readable, Readable> {
  const empty = { DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '', JWT_SECRET: '', CORS_ORIGINS: '', MEDIA_URL: '' };
  return spawn(process.env['DUNLIN_NODE'] || process.execPath, [`dist/all/apps/${app}/src/main.js`], {
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, ...empty, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a server until it is told to end. */
function startServer(env: Record<string, string>): {
  child: ChildProcess;
  ready: Promise<void>;
  ended: Promise<unknown>;
} {
  const child = run('monolith', env);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.includes('Ready on') && resolve());
    void ended.then(() => reject(new Error('It ended')));
  });
  return { child, ready, ended };
}

/** Runs an app until it ends by itself. */
function start(app: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = run(app, env);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    // it should have ended by itself
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

it.each([
  ['PORT', { PORT: 'http' }],
  ['DATABASE_URL', { DATABASE_URL: 'postgres://user:hunter2@localhost/x' }],
  ['REDIS_URL', { REDIS_URL: 'localhost' }],
  ['KAFKA_BROKERS', { KAFKA_BROKERS: 'nowhere' }],
  ['JWT_SECRET', { JWT_SECRET: 'hunter2' }],
  ['CORS_ORIGINS', { CORS_ORIGINS: 'https://example.org/path' }],
  ['MEDIA_URL', { MEDIA_URL: 'ftp://x' }],
  ['MEDIA_URL', { MEDIA_URL: 's3://?region=nowhere' }],
  ['MEDIA_URL', { MEDIA_URL: 's3://key:hunter2@pictures?regoin=x' }],
  ['MEDIA_URL', { MEDIA_URL: 'file://elsewhere/media' }],
  ['TRUST_PROXY', { TRUST_PROXY: 'maybe, perhaps' }],
  ['RATE_LIMIT', { RATE_LIMIT: 'sometimes' }],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ['GROUP_MAX_MEMBERS', { GROUP_MAX_MEMBERS: '-1' }],
  ['MEDIA_MAX_BYTES', { MEDIA_MAX_BYTES: '10MB' }],
  ['SOCKETIO_CONFORMANCE', { SOCKETIO_CONFORMANCE: 'yes' }],
])('A wrong %s stops the server before it starts, with its name and without its value', async (name, env) => {
  const { code, output } = await start('monolith', env);
  expect(code).toBe(CONFIG_ERROR);
  expect(output).toContain(name);
  expect(output).not.toContain(Object.values(env)[0]);
  expect(output).not.toMatch(/hunter2|node_modules|\bat \S+ \(/);
});

describe('Production', () => {
  const production = { NODE_ENV: 'production', JWT_SECRET: SECRET };

  it.each([
    ['without a secret', { JWT_SECRET: '' }, 'JWT_SECRET'],
    ['with a short secret', { JWT_SECRET: 'kV2x9-Qm7Zr4' }, 'JWT_SECRET'],
    ['with a well-known secret', { JWT_SECRET: 'changeme'.repeat(8) }, 'JWT_SECRET'],
    ['with any origin', { CORS_ORIGINS: '*' }, 'CORS_ORIGINS'],
    ['with the handlers of the conformance suite', { SOCKETIO_CONFORMANCE: '1' }, 'SOCKETIO_CONFORMANCE'],
  ])('is refused %s', async (_what, env, name) => {
    const { code, output } = await start('monolith', { ...production, ...env });
    expect(code).toBe(CONFIG_ERROR);
    expect(output).toContain(name);
  });
});

describe('With nobody left to read its log', () => {
  /** The reader goes at the first line, as `head` does. */
  const unread = (env: Record<string, string>): { child: ChildProcess; ended: Promise<number | null> } => {
    const child = run('monolith', env);
    child.stderr.destroy();
    child.stdout.once('data', () => child.stdout.destroy());
    return { child, ended: new Promise((resolve) => child.once('exit', resolve)) };
  };

  it('a server serves, and ends when it is told to', async () => {
    const port = String((await freePorts(1))[0]);
    const { child, ended } = unread({ PORT: port, DATA_DIR: join(dataDir, 'unread') });
    await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('a server that cannot start ends', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { ended } = unread({
      PORT: String((other.address() as AddressInfo).port),
      DATA_DIR: join(dataDir, 'unread-port'),
    });
    expect(await ended).toBe(1);
    await new Promise((resolve) => other.close(resolve));
  });
});

it.each(['user', 'group', 'message', 'gateway'])('The app %s alone says what it cannot do without', async (app) => {
  const { code, output } = await start(app, {});
  expect(code).toBe(CONFIG_ERROR);
  expect(output).toMatch(/DATABASE_URL|KAFKA_BROKERS|REDIS_URL|JWT_SECRET/);
});

/** Lines of the log, and whatever else the app has said. */
const said = (output: string): string[] =>
  output.split('\n').filter((line) => line !== '' && !/"level":"info"/.test(line));

describe('A server that cannot start says why, in one sentence', () => {
  const files = mkdtempSync(join(tmpdir(), 'dunlin-start-'));
  const inside = (name: string): string => join(files, name);
  afterAll(() => rmSync(files, { recursive: true, force: true }));

  it.each([
    ['DATA_DIR where nobody can make one', 'DATA_DIR', { DATA_DIR: '/proc/nope' }],
    ['DATA_DIR below a file', 'DATA_DIR', { DATA_DIR: '/etc/passwd/data' }],
    ['DATA_DIR that is a file', 'DATA_DIR', { DATA_DIR: '/etc/passwd' }],
    ['DATA_DIR that only the database needs', 'DATA_DIR', { DATA_DIR: '/proc/nope', JWT_SECRET: SECRET }],
    ['a folder for media that cannot be', 'MEDIA_URL', { MEDIA_URL: 'file:/proc/nope' }],
    ['HOST that is no address of this machine', 'HOST', { HOST: '203.0.113.7' }],
    ['HOST that is no name', 'HOST', { HOST: 'no-such-host.invalid' }],
  ])('for %s, and what is expected', async (_what, name, env) => {
    const { code, output } = await start('monolith', env);
    expect(output).toContain(name);
    expect(output).toContain('expected');
    expect(output).not.toMatch(/node_modules|\bat \S+ \(|"stack"/);
    expect(output.split(/(?:is not valid|cannot be used)/)).toHaveLength(2);
    expect(code).toBe(CONFIG_ERROR);
  });

  it('for a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = String((other.address() as AddressInfo).port);
    const { code, output } = await start('monolith', { PORT: port, DATA_DIR: inside('port') });
    await new Promise((resolve) => other.close(resolve));
    expect(code).toBe(1);
    expect(said(output)).toHaveLength(1);
    expect(said(output)[0]).toContain(`Port ${port} is in use. Stop what listens there, or set PORT to another one.`);
  });

  it('for a database file that is none', async () => {
    writeFileSync(inside('noise.sqlite'), Buffer.alloc(8192, 'noise'));
    const { code, output } = await start('monolith', { DATABASE_URL: `sqlite:${inside('noise.sqlite')}` });
    expect(code).toBe(1);
    expect(said(output)).toHaveLength(1);
    expect(said(output)[0]).toContain('The database file is damaged, or no SQLite database.');
    expect(output).not.toContain('"stack"');
  });

  it.each(['sqlite:/proc/nope/db.sqlite', 'sqlite:/etc/passwd/db.sqlite'])('for a database file at %s', async (url) => {
    const { code, output } = await start('monolith', { DATABASE_URL: url });
    expect(code).toBe(1);
    expect(said(output)).toHaveLength(1);
    expect(said(output)[0]).toContain('The database file cannot be opened or written');
  });

  it('for a database that another server uses, by whatever path', async () => {
    const first = startServer({ DATA_DIR: inside('shared') });
    await first.ready;
    symlinkSync(join(inside('shared'), 'dunlin.sqlite'), inside('link.sqlite'));
    const attempts = [
      await start('monolith', { DATA_DIR: inside('shared') }),
      await start('monolith', { DATABASE_URL: `sqlite:${inside('link.sqlite')}` }),
    ];
    first.child.kill('SIGTERM');
    await first.ended;
    for (const { code, output } of attempts) {
      expect(code).toBe(1);
      expect(said(output)).toHaveLength(1);
      expect(said(output)[0]).toContain('Another server is using this database.');
      expect(output).not.toContain('"stack"');
    }
  });

  it('for a database file that is a folder', async () => {
    mkdirSync(join(inside('folder'), 'dunlin.sqlite'), { recursive: true });
    const { code, output } = await start('monolith', { DATA_DIR: inside('folder') });
    expect(code).toBe(1);
    expect(said(output)).toHaveLength(1);
    expect(said(output)[0]).toContain('The database file cannot be opened or written');
    expect(output).not.toContain('"stack"');
  });
});
