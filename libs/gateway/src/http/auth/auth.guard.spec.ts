import { Controller, Get, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { JwtService, type JwtSignOptions } from '@nestjs/jwt';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ACCESS_TOKEN, DunlinError, SessionRegistry, type Caller, type Problem } from '@dunlin/contracts';
import { Clock, Config, Open, parseConfig } from '@dunlin/platform';
import { RateLimits } from '../../limits/rate-limits.js';
import { ProblemFilter } from '../errors/problem.filter.js';
import { UnreadAnswers } from '../unread-answers.js';
import { AccessTokens } from './access-tokens.js';
import { AuthGuard } from './auth.guard.js';
import { CurrentCaller } from './current-caller.decorator.js';

const SECRET = 'a secret of the tests, 0123456789';
const config = parseConfig({ RATE_LIMIT: 'on', JWT_SECRET: SECRET }, { name: 'test', defaultPort: 0 });

class Sessions extends SessionRegistry {
  fails?: DunlinError;
  async assertActive(): Promise<void> {
    if (this.fails) throw this.fails;
  }
  async revoked(): Promise<void> {}
}

@Controller()
class Routes {
  @Get('mine')
  mine(@CurrentCaller() caller: Caller): Caller {
    return caller;
  }
  @Open()
  @Get('open')
  open(): { open: true } {
    return { open: true };
  }
}

const FOR_EVER: JwtSignOptions = {};

/** A good token but for what the test changes. */
function sign(claims: object = {}, options: JwtSignOptions = {}): string {
  const lasting = options === FOR_EVER ? {} : { expiresIn: 60 };
  return new JwtService().sign(
    { sub: 'ann', sid: 's1', typ: ACCESS_TOKEN.type, iss: ACCESS_TOKEN.issuer, aud: ACCESS_TOKEN.audience, ...claims },
    { secret: SECRET, algorithm: 'HS256', ...lasting, ...options },
  );
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('A route', () => {
  const sessions = new Sessions();
  let app: NestFastifyApplication;
  let origin: string;

  const get = async (
    path: string,
    authorization?: string,
  ): Promise<{ status: number; code?: string; challenge: string | null; body: unknown }> => {
    const reply = await fetch(origin + path, { headers: authorization === undefined ? {} : { authorization } });
    const body = (await reply.json()) as Problem;
    return { status: reply.status, code: body.code, challenge: reply.headers.get('www-authenticate'), body };
  };

  beforeAll(async () => {
    @Module({
      controllers: [Routes],
      providers: [
        AccessTokens,
        UnreadAnswers,
        { provide: Config, useValue: config },
        { provide: SessionRegistry, useValue: sessions },
        { provide: RateLimits, useValue: new RateLimits(config, new Clock(), null) },
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    })
    class App {}
    app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    origin = await app.getUrl();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    sessions.fails = undefined;
  });

  it('answers who shows a good token, by name', async () => {
    const { status, body } = await get('/mine', `Bearer ${sign()}`);
    expect(status).toBe(200);
    expect(body).toEqual({ userId: 'ann', sessionId: 's1' });
  });

  it('that is open needs none, and minds no bad one', async () => {
    expect((await get('/open')).status).toBe(200);
    expect((await get('/open', 'Bearer x')).status).toBe(200);
  });

  it.each<[string, string | undefined]>([
    ['nothing', undefined],
    ['another scheme', 'Basic YW5uOnBhc3N3b3Jk'],
    ['no token', 'Bearer '],
    ['what is no token', 'Bearer x.y.z'],
    ['two tokens', `Bearer ${sign()} ${sign()}`],
    ['a token of another key', `Bearer ${sign({}, { secret: 'another secret, 0123456789 0123456789' })}`],
    ['a token of another algorithm', `Bearer ${sign({}, { algorithm: 'HS512' })}`],
    ['a token without a signature', `Bearer ${part({ alg: 'none', typ: 'JWT' })}.${sign().split('.')[1]}.`],
    ['a token with a critical extension', `Bearer ${sign({}, { header: { alg: 'HS256', crit: ['b64'] } })}`],
    ['a token of another issuer', `Bearer ${sign({ iss: 'somebody' })}`],
    ['a token for another audience', `Bearer ${sign({ aud: 'somebody' })}`],
    ['a token of another type', `Bearer ${sign({ typ: 'refresh' })}`],
    ['a token of nobody', `Bearer ${sign({ sub: undefined })}`],
    ['a token of no session', `Bearer ${sign({ sid: 7 })}`],
    ['a token that lasts for ever', `Bearer ${sign({}, FOR_EVER)}`],
    ['a token past all bounds', `Bearer ${sign({ pad: 'x'.repeat(3000) })}`],
  ])('refuses %s', async (_what, authorization) => {
    expect(await get('/mine', authorization)).toMatchObject({
      status: 401,
      code: 'unauthenticated',
      challenge: 'Bearer',
    });
  });

  it('tells a token that has expired from a bad one', async () => {
    expect(await get('/mine', `Bearer ${sign({}, { expiresIn: -1 })}`)).toMatchObject({
      status: 401,
      code: 'token_expired',
      challenge: 'Bearer error="invalid_token"',
    });
  });

  it('refuses a session that has ended, and everybody when nobody can tell', async () => {
    sessions.fails = new DunlinError('session_revoked');
    expect(await get('/mine', `Bearer ${sign()}`)).toMatchObject({ status: 401, code: 'session_revoked' });
    sessions.fails = new DunlinError('unavailable');
    expect(await get('/mine', `Bearer ${sign()}`)).toMatchObject({ status: 503, code: 'unavailable' });
  });
});
