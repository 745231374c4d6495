import { Body, Controller, HttpException, Module, Post } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DunlinError, type Problem } from '@dunlin/contracts';
import { ProblemFilter } from './problem.filter.js';

describe('A request that fails', () => {
  let app: NestFastifyApplication;
  let origin: string;
  let failure: unknown;
  const logged: unknown[] = [];

  @Controller()
  class Routes {
    @Post('fail')
    fail(@Body() _body: unknown): never {
      throw failure;
    }
  }

  const post = async (
    path = '/fail',
    body = '{}',
    type = 'application/json',
  ): Promise<{ reply: Response; problem: Problem }> => {
    const reply = await fetch(origin + path, { method: 'POST', body, headers: { 'content-type': type } });
    return { reply, problem: (await reply.json()) as Problem };
  };

  beforeAll(async () => {
    @Module({ controllers: [Routes], providers: [{ provide: APP_FILTER, useClass: ProblemFilter }] })
    class App {}
    const quiet = (): void => undefined;
    const adapter = new FastifyAdapter({ bodyLimit: 1024, genReqId: () => 'trace-12345' });
    app = await NestFactory.create<NestFastifyApplication>(App, adapter, {
      bodyParser: false,
      logger: { log: quiet, warn: quiet, debug: quiet, verbose: quiet, error: (...args) => logged.push(args) },
    });
    app.getHttpAdapter().getInstance().removeContentTypeParser('text/plain');
    await app.listen(0, '127.0.0.1');
    origin = await app.getUrl();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    logged.length = 0;
    failure = new DunlinError('not_found');
  });

  it('answers problem details with the trace to look for', async () => {
    failure = new DunlinError('validation_failed', { errors: [{ path: 'name', message: 'must be text' }] });
    const { reply, problem } = await post();
    expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(problem).toEqual({
      type: 'about:blank',
      title: 'The input is not valid',
      status: 400,
      detail: 'The input is not valid',
      code: 'validation_failed',
      retryable: false,
      traceId: 'trace-12345',
      errors: [{ path: 'name', message: 'must be text' }],
    });
    expect(logged).toEqual([]);
  });

  it('says in whole seconds when to try again, never too early', async () => {
    failure = new DunlinError('rate_limited', { retryAfterMs: 2001 });
    const { reply, problem } = await post();
    expect(reply.status).toBe(429);
    expect(reply.headers.get('retry-after')).toBe('3');
    expect(problem.retryable).toBe(true);
    failure = new DunlinError('busy');
    expect((await post()).reply.headers.get('retry-after')).toBe('1');
  });

  it.each<[string, string, string, string, number, string]>([
    ['a route that is not there', '/nowhere', '{}', 'application/json', 404, 'not_found'],
    ['broken JSON', '/fail', '{"a":', 'application/json', 400, 'validation_failed'],
    ['JSON that is empty', '/fail', '', 'application/json', 400, 'validation_failed'],
    ['a forged prototype', '/fail', '{"__proto__":{"a":1}}', 'application/json', 400, 'validation_failed'],
    ['another content type', '/fail', 'a=1', 'application/x-www-form-urlencoded', 415, 'unsupported_media'],
    ['a body past all bounds', '/fail', `"${'x'.repeat(2000)}"`, 'application/json', 413, 'payload_too_large'],
  ])('because of %s answers in the same shape', async (_what, path, body, type, status, code) => {
    const { reply, problem } = await post(path, body, type);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(problem).toMatchObject({ status, code, traceId: 'trace-12345' });
    expect(logged).toEqual([]);
  });

  it.each([
    ['a bug', new TypeError("Cannot read 'passwordHash' of undefined at /srv/app.js:1")],
    ['an exception of the framework with a text of its own', new HttpException('SELECT * FROM users', 500)],
    ['what is no error', null],
    ['a rejected text', 'passwordHash'],
  ])('because of %s says nothing of it, and the log says all', async (_what, error) => {
    failure = error;
    const { reply, problem } = await post('/fail', '{"secret":"hunter2"}');
    expect(reply.status).toBe(500);
    expect(problem).toMatchObject({ code: 'internal', detail: 'Something went wrong', retryable: true });
    expect(JSON.stringify(problem)).not.toMatch(/passwordHash|SELECT|srv/);
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).not.toContain('hunter2');
  });

  it('keeps the text of an exception of the framework to itself', async () => {
    failure = new HttpException('Cannot POST /fail because of Fastify', 409);
    const { problem } = await post();
    expect(problem).toMatchObject({ code: 'conflict', detail: 'Conflicts with the current state' });
  });
});
