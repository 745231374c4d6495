import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** sysexits.h: EX_CONFIG. */
const CONFIG_ERROR = 78;
const SECRET = 'kV2x9-Qm7Zr4_Tn8Lp1Wd6Hs3Jb5Yc0Fg-u8Ei';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'dunlin-settings-'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs an app until it ends by itself. */
function start(app: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const empty = { DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '', JWT_SECRET: '', CORS_ORIGINS: '', MEDIA_URL: '' };
  const child = spawn(process.env['DUNLIN_NODE'] || process.execPath, [`dist/all/apps/${app}/src/main.js`], {
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, ...empty, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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

it.each(['user', 'group', 'message', 'gateway'])('The app %s alone says what it cannot do without', async (app) => {
  const { code, output } = await start(app, {});
  expect(code).toBe(CONFIG_ERROR);
  expect(output).toMatch(/DATABASE_URL|KAFKA_BROKERS|REDIS_URL|JWT_SECRET/);
});
