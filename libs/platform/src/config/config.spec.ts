import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, parseConfig } from './config.js';

const app = { name: 'dunlin', defaultPort: 3000 };
const SECRET = 'kV2x9-Qm7Zr4_Tn8Lp1Wd6Hs3Jb5Yc0Fg';

describe('The settings', () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'dunlin-config-'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const parse = (env: Record<string, string>): ReturnType<typeof parseConfig> =>
    parseConfig({ DATA_DIR: dataDir, ...env }, app);
  const problems = (env: Record<string, string>): string[] => {
    try {
      parse(env);
      return [];
    } catch (error) {
      return (error as ConfigError).problems;
    }
  };

  it('an empty environment starts in development with everything embedded', () => {
    const config = parse({});
    expect(config).toMatchObject({
      port: 3000,
      production: false,
      embedded: true,
      redisUrl: undefined,
      rateLimit: true,
    });
    expect(config.databaseUrl).toBe(`sqlite:${join(dataDir, 'dunlin.sqlite')}`);
    expect(config.jwtSecret.length).toBeGreaterThanOrEqual(32);
  });

  it('keeps the development secret, so that people stay signed in over a restart', () => {
    expect(parse({}).jwtSecret).toBe(parse({}).jwtSecret);
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['DATABASE_URL', 'postgres://localhost/x'],
    ['REDIS_URL', 'localhost:6379'],
    ['KAFKA_BROKERS', 'localhost'],
    ['JWT_SECRET', 'short'],
    ['CORS_ORIGINS', 'https://example.org/path'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['RATE_LIMIT', 'yes'],
    ['LOG_LEVEL', 'loud'],
    ['GROUP_MAX_MEMBERS', 'many'],
  ])('names %s when it is %s, and does not repeat the value', (name, value) => {
    const found = problems({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${name} is not valid: expected `));
    expect(found[0]).not.toContain(value);
  });

  it('names all that is wrong at once', () => {
    expect(problems({ PORT: 'x', RATE_LIMIT: 'x', MEDIA_URL: 'x' })).toHaveLength(3);
  });

  it('production refuses a missing, weak or well-known secret, any origin, and the conformance handlers', () => {
    const production = { NODE_ENV: 'production' };
    expect(problems(production)[0]).toMatch(/^JWT_SECRET is missing/);
    expect(problems({ ...production, JWT_SECRET: 'changeme'.repeat(8) })[0]).toMatch(/^JWT_SECRET is easy to guess/);
    expect(problems({ ...production, JWT_SECRET: 'a'.repeat(64) })[0]).toMatch(/^JWT_SECRET is easy to guess/);
    expect(problems({ ...production, JWT_SECRET: SECRET, CORS_ORIGINS: '*' })[0]).toMatch(/^CORS_ORIGINS/);
    expect(problems({ ...production, JWT_SECRET: SECRET, SOCKETIO_CONFORMANCE: '1' })[0]).toMatch(/^SOCKETIO/);
    expect(problems({ ...production, JWT_SECRET: SECRET })).toEqual([]);
    // what cannot be read is named, and does not keep the rest from being looked at
    expect(problems({ ...production, JWT_SECRET: SECRET, FAILPOINTS: '?' })[0]).toMatch(/^FAILPOINTS is not valid/);
  });

  it('says what an app cannot do without', () => {
    expect(() => parseConfig({ DATA_DIR: dataDir }, { ...app, needs: ['kafkaBrokers'] })).toThrow(
      /KAFKA_BROKERS is missing/,
    );
  });
});
