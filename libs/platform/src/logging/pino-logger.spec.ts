import { Writable } from 'node:stream';
import { QueryFailedError } from 'typeorm';
import type { Config } from '../config/config.js';
import { createPino, PinoLogger } from './pino-logger.js';

describe('The log', () => {
  let lines: string[];
  let logger: PinoLogger;
  beforeEach(() => {
    lines = [];
    const output = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    logger = new PinoLogger(createPino({ logLevel: 'trace', instanceId: 'i' } as Config, 'test', output));
  });
  const written = (): { err: Record<string, unknown> } => JSON.parse(lines.join('')) as never;

  const failed = (): Error => {
    const driverError = Object.assign(new Error('disk I/O error'), {
      code: 'ER_DISK',
      sql: "INSERT INTO users VALUES ('$argon2id$secret')",
    });
    return new QueryFailedError('INSERT INTO users VALUES (?)', ['$argon2id$secret', 'a word for Ben'], driverError);
  };

  it('says what failed in the database and where, and nothing of what was written or asked', () => {
    logger.error('A request failed', { err: failed() }, 'Http');
    const { type, message, code, stack } = written().err;
    expect({ type, message, code }).toEqual({ type: 'QueryFailedError', message: 'disk I/O error', code: 'ER_DISK' });
    expect(stack).toContain('pino-logger.spec');
    expect(lines.join('')).not.toMatch(/argon2|a word for Ben|INSERT/);
  });

  it.each([
    ['told without a name', (): void => logger.error(failed())],
    ['behind another', (): void => logger.warn('x', { err: new Error('away', { cause: failed() }) })],
    [
      'one of several',
      (): void => logger.warn('x', new AggregateError([failed(), { text: 'a word for Ben' }], 'all failed')),
    ],
  ])('says as little of one that is %s', (_how, tell) => {
    tell();
    expect(JSON.stringify(written().err)).toContain('disk I/O error');
    expect(lines.join('')).not.toMatch(/argon2|a word for Ben|INSERT/);
  });

  it('stands what is no error', () => {
    for (const err of [undefined, null, 'away', { text: 'a word for Ben' }]) logger.warn('x', { err });
    expect(lines.map((line) => (JSON.parse(line) as { err?: unknown }).err)).toEqual([
      undefined,
      { message: 'Something that is no error' },
      { message: 'away' },
      { message: 'Something that is no error' },
    ]);
  });

  it('says who did not answer', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', port: 3306 });
    logger.warn('x', { err: new AggregateError([refused]) });
    expect(written().err).toMatchObject({ aggregateErrors: [{ code: 'ECONNREFUSED', port: 3306 }] });
  });
});
