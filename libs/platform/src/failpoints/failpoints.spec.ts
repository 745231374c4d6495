import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, parseConfig } from '../config/config.js';
import { armFailpoints, failpoint, failpointSync, parseFailpoints, passing } from './failpoints.js';

describe('failpoints', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-failpoints-'));
  afterEach(() => armFailpoints([]));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are passed without a wait when none is armed', () => {
    expect(failpoint('storage.before-commit')).toBeUndefined();
    expect(passing('storage.before-commit')('value')).toBe('value');
  });

  it('throw once, after being passed as often as was said, and leave a line', () => {
    const hits = join(folder, 'hits');
    armFailpoints(parseFailpoints(`log.published:throw:2@${hits}`));
    failpointSync('log.published');
    failpointSync('log.between-inserts');
    failpointSync('log.published');
    expect(() => failpointSync('log.published')).toThrow('log.published');
    expect(readFileSync(hits, 'utf8')).toBe('log.published\n');
    expect(() => failpointSync('log.published')).not.toThrow();
  });

  it('hold a promise up for a while', async () => {
    armFailpoints(parseFailpoints('storage.after-commit:sleep=30'));
    const begun = performance.now();
    await expect(Promise.resolve('value').then(passing('storage.after-commit'))).resolves.toBe('value');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(29);
  });

  it.each(['nowhere:kill', 'log.published', 'log.published:explode', 'log.published:kill:x', ''])(
    'refuse the setting %p',
    (text) => {
      expect(() => parseFailpoints(text)).toThrow();
    },
  );

  it('keep a production server from starting', () => {
    const env = {
      NODE_ENV: 'production',
      JWT_SECRET: 'abcdefghijklmnopqrstuvwxyz0123456789',
      FAILPOINTS: 'log.published:kill',
    };
    expect(() => parseConfig(env, { name: 'test', defaultPort: 0 })).toThrow(ConfigError);
    expect(() => parseConfig(env, { name: 'test', defaultPort: 0 })).toThrow('FAILPOINTS');
  });
});
