import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The lowest version that is free of what was found before it. */
const FLOORS: Record<string, string> = {
  'socket.io': '4.8.1',
  'socket.io-parser': '4.2.6',
  'engine.io': '6.6.9',
  ws: '8.21.0',
  typeorm: '1.0.0',
  mysql2: '3.23.1',
  'class-validator': '0.14.0',
  jsonwebtoken: '9.0.0',
  sharp: '0.35.0',
  'file-type': '21.3.1',
  multer: '2.2.0',
  '@nestjs/common': '11.1.24',
  '@nestjs/core': '11.1.24',
  '@nestjs/microservices': '11.1.24',
  '@nestjs/platform-fastify': '11.1.24',
  '@nestjs/platform-socket.io': '11.1.24',
  '@nestjs/websockets': '11.1.24',
};
/** Need not be there. */
const OPTIONAL = ['multer'];
/** What keeps sessions in cookies, which this server has none of. */
const UNWANTED = ['multer', 'express', 'express-session', 'cookie-parser', '@fastify/cookie', 'passport'];

const root = path.join(__dirname, '../..');
const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { version: string; dev?: boolean; optional?: boolean }>;
};
const versionsOf = (name: string): string[] =>
  Object.entries(packages)
    .filter(([where]) => where === `node_modules/${name}` || where.endsWith(`/node_modules/${name}`))
    .map(([, { version }]) => version);

const isBelow = (version: string, floor: string): boolean => {
  const [have, want] = [version, floor].map((text) => (text.split('-')[0] as string).split('.').map(Number)) as [
    number[],
    number[],
  ];
  const at = want.findIndex((part, i) => (have[i] ?? 0) !== part);
  if (at < 0) return version.includes('-');
  return (have[at] ?? 0) < (want[at] as number);
};

describe('The versions that are installed', () => {
  it('[A77] are compared as versions are', () => {
    expect(isBelow('4.8.0', '4.8.1')).toBe(true);
    expect(isBelow('4.10.0', '4.8.1')).toBe(false);
    expect(isBelow('4.8.1-beta.1', '4.8.1')).toBe(true);
    expect(isBelow('12.0.0', '11.1.24')).toBe(false);
    expect(isBelow('4.8.1', '4.8.1')).toBe(false);
  });

  it.each(Object.entries(FLOORS))('[A77] of %s are %s or later, each of them', (name, floor) => {
    const versions = versionsOf(name);
    if (!OPTIONAL.includes(name)) expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((version) => isBelow(version, floor))).toEqual([]);
  });

  it('[A77] are those of the lock file', () => {
    for (const name of Object.keys(FLOORS)) {
      const file = path.join(root, 'node_modules', name, 'package.json');
      if (!existsSync(file)) continue;
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
      expect([name, version]).toEqual([name, packages[`node_modules/${name}`]?.version]);
    }
  });

  it('[A77] leave out what keeps sessions in cookies', () => {
    const kept = (name: string): boolean => {
      const entry = packages[`node_modules/${name}`];
      return entry !== undefined && !entry.dev && !entry.optional;
    };
    expect(UNWANTED.filter(kept)).toEqual([]);
  });

  it('[A77] guard no route by its path: an oddly written one goes around middleware', () => {
    const sources = ['apps', 'libs'].flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
        .map((name) => path.join(root, folder, name)),
    );
    expect(sources.length).toBeGreaterThan(100);
    const guarding = sources.filter((file) =>
      /MiddlewareConsumer|\.forRoutes\(|NestMiddleware/.test(readFileSync(file, 'utf8')),
    );
    expect(guarding).toEqual([]);
  });
});
