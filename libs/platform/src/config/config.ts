import { hostname } from 'node:os';
import { join } from 'node:path';
import { parseFailpoints, type ArmedFailpoint } from '../failpoints/failpoints.js';
import { readSecretFile } from './secret-file.js';
import { flag, hostPorts, integer, networks, oneOf, origins, plain, url, type Setting } from './settings.js';

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** RFC 7518 section 3.2: a key for HS256 has at least 256 bits. */
const SECRET_MIN = 32;
const WELL_KNOWN = /^(change.?me|secret|password|jwt.?secret|your|dunlin|example|test)|^(.)\2*$/i;

/** Every setting there is. A test checks `.env.example` and docs/operations.md against this table. */
export const SETTINGS = {
  nodeEnv: {
    name: 'NODE_ENV',
    expected: 'development, test or production',
    parse: oneOf('development', 'test', 'production'),
    fallback: 'development' as 'development' | 'test' | 'production',
  },
  port: {
    name: 'PORT',
    expected: 'a port, 0 to 65535',
    parse: integer(0, 65_535),
    fallback: undefined as number | undefined,
  },
  host: {
    name: 'HOST',
    expected: 'an address to listen on',
    parse: plain(/^[\w.:-]+$/),
    fallback: undefined as string | undefined,
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    expected: 'sqlite:<file>, mysql://user:password@host:port/database or mariadb://…',
    parse: url('sqlite:', 'mysql:', 'mariadb:'),
    fallback: undefined as string | undefined,
  },
  redisUrl: {
    name: 'REDIS_URL',
    expected: 'redis://… or rediss://…',
    parse: url('redis:', 'rediss:'),
    fallback: undefined as string | undefined,
  },
  kafkaBrokers: { name: 'KAFKA_BROKERS', expected: 'host:port,host:port', parse: hostPorts, fallback: [] as string[] },
  kafkaReplication: {
    name: 'KAFKA_REPLICATION',
    expected: 'a replication factor, 1 to 9',
    parse: integer(1, 9),
    fallback: 1,
  },
  dataDir: {
    name: 'DATA_DIR',
    expected: 'a folder that this process may write to',
    parse: (text: string) => text,
    fallback: './data',
  },
  webDir: {
    name: 'WEB_DIR',
    expected: 'the folder of the built web chat, or off',
    parse: (text: string) => (text === 'off' ? undefined : text),
    fallback: './dist/web',
  },
  mediaUrl: {
    name: 'MEDIA_URL',
    expected: 'file:<folder> or s3://bucket?endpoint=…&region=…',
    parse: url('file:', 's3:'),
    fallback: undefined as string | undefined,
  },
  jwtSecret: {
    name: 'JWT_SECRET',
    expected: `at least ${SECRET_MIN} characters that nobody knows (openssl rand -base64 48)`,
    parse: (text: string) => {
      if (text.length < SECRET_MIN) throw new Error('short');
      return text;
    },
    fallback: undefined as string | undefined,
  },
  corsOrigins: {
    name: 'CORS_ORIGINS',
    expected: 'origins like https://chat.example.org, separated by commas, or * outside production',
    parse: origins,
    fallback: [] as string[],
  },
  trustProxy: {
    name: 'TRUST_PROXY',
    expected: 'off, the number of proxies in front, or their addresses separated by commas',
    parse: (text: string): false | number | string[] =>
      text === 'off' ? false : /^\d$/.test(text) ? Number(text) : networks(text),
    fallback: false as false | number | string[],
  },
  rateLimit: { name: 'RATE_LIMIT', expected: 'on or off', parse: flag, fallback: true },
  logLevel: {
    name: 'LOG_LEVEL',
    expected: LOG_LEVELS.join(', '),
    parse: oneOf(...LOG_LEVELS),
    fallback: 'info' as LogLevel,
  },
  instanceId: {
    name: 'INSTANCE_ID',
    expected: '1 to 64 of a-z A-Z 0-9 . _ -',
    parse: plain(/^[\w.-]{1,64}$/),
    fallback: undefined as string | undefined,
  },
  groupMaxMembers: {
    name: 'GROUP_MAX_MEMBERS',
    expected: 'a number of people, 2 to 100000',
    parse: integer(2, 100_000),
    fallback: 2000,
  },
  mediaMaxBytes: {
    name: 'MEDIA_MAX_BYTES',
    expected: 'bytes, 1024 to 1073741824',
    parse: integer(1024, 1024 ** 3),
    fallback: 10 * 1024 * 1024,
  },
  accessTokenTtlS: {
    name: 'ACCESS_TOKEN_TTL',
    expected: 'seconds, 1 to 86400',
    parse: integer(1, 86_400),
    fallback: 900,
  },
  refreshTokenTtlS: {
    name: 'REFRESH_TOKEN_TTL',
    expected: 'seconds, 60 to 31536000',
    parse: integer(60, 31_536_000),
    fallback: 30 * 86_400,
  },
  apiDocs: { name: 'API_DOCS', expected: 'on or off', parse: flag, fallback: undefined as boolean | undefined },
  metrics: { name: 'METRICS', expected: 'on or off', parse: flag, fallback: undefined as boolean | undefined },
  commonPasswords: {
    name: 'COMMON_PASSWORDS',
    expected: 'on or off',
    parse: flag,
    fallback: undefined as boolean | undefined,
  },
  conformance: {
    name: 'SOCKETIO_CONFORMANCE',
    expected: '1, outside production',
    parse: (text: string) => oneOf('0', '1')(text) === '1',
    fallback: false,
  },
  failpoints: {
    name: 'FAILPOINTS',
    expected: 'name:action[:after],… outside production, see docs/reliability.md',
    parse: parseFailpoints,
    fallback: [] as ArmedFailpoint[],
  },
} satisfies Record<string, Setting<unknown>>;

type Values = {
  [K in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[K]['parse']> | (typeof SETTINGS)[K]['fallback'];
};

/** What was wrong, by name and expectation, never by value: a value may be a secret. */
export class ConfigError extends Error {
  constructor(
    readonly problems: string[],
    options?: ErrorOptions,
  ) {
    super(`The settings are not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, options);
    this.name = 'ConfigError';
  }
}

/** The settings of this process, checked once at the start. Injectable. */
export class Config {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly kafkaBrokers: string[];
  readonly kafkaReplication: number;
  readonly dataDir: string;
  /** Where the built web chat is; undefined when it is not served. */
  readonly webDir: string | undefined;
  readonly mediaUrl: string;
  readonly jwtSecret: string;
  readonly corsOrigins: string[];
  readonly trustProxy: false | number | string[];
  readonly rateLimit: boolean;
  readonly logLevel: LogLevel;
  /** Names this process among its like; the same after a restart. */
  readonly instanceId: string;
  readonly groupMaxMembers: number;
  readonly mediaMaxBytes: number;
  readonly accessTokenTtlS: number;
  readonly refreshTokenTtlS: number;
  /** Swagger UI and the API documents are served. */
  readonly apiDocs: boolean;
  readonly metrics: boolean;
  /** The passwords that are guessed first are taken. */
  readonly commonPasswords: boolean;
  readonly conformance: boolean;
  /** For the proof that nothing is lost: where to die, wait or fail. */
  readonly failpoints: ArmedFailpoint[];
  /** True when the database is the SQLite file: schema changes are made at the start. */
  readonly embedded: boolean;

  constructor(values: Values, app: { name: string; defaultPort: number }) {
    this.production = values.nodeEnv === 'production';
    this.port = values.port ?? app.defaultPort;
    this.host = values.host ?? (this.production ? '0.0.0.0' : '127.0.0.1');
    this.dataDir = values.dataDir;
    this.databaseUrl = values.databaseUrl ?? `sqlite:${join(values.dataDir, 'dunlin.sqlite')}`;
    this.embedded = this.databaseUrl.startsWith('sqlite:');
    this.redisUrl = values.redisUrl;
    this.kafkaBrokers = values.kafkaBrokers;
    this.kafkaReplication = values.kafkaReplication;
    this.webDir = values.webDir;
    this.mediaUrl = values.mediaUrl ?? `file:${join(values.dataDir, 'media')}`;
    this.jwtSecret = values.jwtSecret ?? readSecretFile(values.dataDir);
    this.corsOrigins = values.corsOrigins;
    this.trustProxy = values.trustProxy;
    this.rateLimit = values.rateLimit;
    this.logLevel = values.logLevel;
    this.instanceId =
      values.instanceId ??
      `${app.name}-${hostname()
        .replace(/[^\w.-]/g, '-')
        .slice(0, 32)}-${this.port}`;
    this.groupMaxMembers = values.groupMaxMembers;
    this.mediaMaxBytes = values.mediaMaxBytes;
    this.accessTokenTtlS = values.accessTokenTtlS;
    this.refreshTokenTtlS = values.refreshTokenTtlS;
    this.apiDocs = values.apiDocs ?? !this.production;
    this.metrics = values.metrics ?? !this.production;
    this.commonPasswords = values.commonPasswords ?? !this.production;
    this.conformance = values.conformance;
    this.failpoints = values.failpoints;
  }
}

/** What the app that starts needs besides; a missing need is one more problem. */
export interface AppNeeds {
  name: string;
  defaultPort: number;
  /** Variables that have no default here. */
  needs?: (keyof typeof SETTINGS)[];
}

/**
 * @param env the environment, as text
 * @throws ConfigError naming every variable that is wrong and what is expected
 */
export function parseConfig(env: Record<string, string | undefined>, app: AppNeeds): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS) as [keyof typeof SETTINGS, Setting<unknown>][]) {
    const text = env[setting.name]?.trim();
    if (text === undefined || text === '') {
      if (app.needs?.includes(key)) problems.push(`${setting.name} is missing: ${setting.expected}`);
      values[key] = setting.fallback;
      continue;
    }
    try {
      values[key] = setting.parse(text);
    } catch {
      problems.push(notValid(key));
      // for the checks below, which go on to name everything that is wrong
      values[key] = setting.fallback;
    }
  }
  const checked = values as Values;
  if (checked.nodeEnv === 'production') {
    if (!checked.jwtSecret && !problems.some((problem) => problem.startsWith('JWT_SECRET')))
      problems.push(`JWT_SECRET is missing: production needs ${SETTINGS.jwtSecret.expected}`);
    if (checked.jwtSecret && (WELL_KNOWN.test(checked.jwtSecret) || new Set(checked.jwtSecret).size < 10))
      problems.push(`JWT_SECRET is easy to guess: production needs ${SETTINGS.jwtSecret.expected}`);
    if (checked.corsOrigins?.includes('*')) problems.push('CORS_ORIGINS is *: production needs a list of origins');
    if (checked.conformance) problems.push('SOCKETIO_CONFORMANCE is on: it is refused in production');
    if (checked.failpoints.length > 0) problems.push('FAILPOINTS is set: it is refused in production');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  try {
    return new Config(checked, app);
  } catch (error) {
    throw unusable('dataDir', error);
  }
}

const notValid = (setting: keyof typeof SETTINGS): string =>
  `${SETTINGS[setting].name} is not valid: expected ${SETTINGS[setting].expected}`;

/** For a setting that only the part which it is for can read to its end. */
export const unreadable = (setting: keyof typeof SETTINGS, cause: unknown): ConfigError =>
  new ConfigError([notValid(setting)], { cause });

/** What the system has against a setting that looked right. */
export const unusable = (setting: keyof typeof SETTINGS, error: unknown): ConfigError =>
  new ConfigError([
    `${SETTINGS[setting].name} cannot be used (${(error as NodeJS.ErrnoException).code ?? 'unknown'}): ` +
      `expected ${SETTINGS[setting].expected}`,
  ]);
