import type { Server as HttpServer } from 'node:http';
import { LIMITS } from '@dunlin/contracts/wire';
import { Logger, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppNeeds, Config } from './config/config.js';
import { loadConfig } from './config/load.js';
import { answerUnexpected, answerUnreadable, answerUnroutable } from './early-errors.js';
import { armFailpoints, failpointSync } from './failpoints/failpoints.js';
import { Health } from './health/health.js';
import { newId } from './ids.js';
import { createPino, PinoLogger } from './logging/pino-logger.js';
import { explainStart } from './start-error.js';
import { runInTrace } from './trace/trace-context.js';

/** What makes one app out of libraries. */
export interface AppDefinition extends AppNeeds {
  root: (config: Config) => DynamicModule;
  /** Set-up between creation and listening: pipes, filters, documents, transports. */
  configure?: (app: NestFastifyApplication, config: Config) => Promise<void>;
  /** Called when everything answers. */
  started?: (app: NestFastifyApplication, config: Config) => Promise<void> | void;
}

const CLOSE_MS = 8000;
const REQUEST_MS = 60_000;
/** Of the largest upload: what a poor line still carries. */
const SLOWEST_BYTES_PER_MS = 64;
const TRACE_ID = /^[\w-]{8,64}$/;

/**
 * Starts an app and ends it in good order on SIGTERM and SIGINT: exit code 0 when all was finished. A broken promise
 * nobody handled leaves the state unknown, so the process ends with code 1 for its supervisor to start it again.
 */
export async function bootstrap(definition: AppDefinition): Promise<void> {
  const config = loadConfig(definition);
  armFailpoints(config.failpoints);
  const pino = createPino(config, definition.name);
  const logger = new PinoLogger(pino);
  process.on('unhandledRejection', (reason) => {
    pino.fatal({ err: reason }, 'Unhandled rejection');
    process.exit(1);
  });
  process.on('uncaughtException', (error) => {
    pino.fatal({ err: error }, 'Uncaught exception');
    process.exit(1);
  });
  let app: NestFastifyApplication | undefined;
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    pino.info({ signal }, 'Stopping');
    setTimeout(() => {
      pino.error('Could not finish in time');
      process.exit(1);
    }, CLOSE_MS).unref();
    app?.get(Health).markStopping();
    setImmediate(failpointSync, 'app.stopping');
    // node closes what is idle once, at the beginning: what is busy then would be waited for until its keep-alive ends
    setInterval(() => (app?.getHttpServer() as HttpServer | undefined)?.closeIdleConnections(), 100).unref();
    Promise.resolve(app?.close()).then(
      () => process.exit(0),
      (error: unknown) => {
        pino.error({ err: error }, 'Could not end in good order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    const created = await create(definition, config, logger);
    app = created;
    await definition.configure?.(created, config);
    await created.listen(config.port, config.host);
    created.get(Health).markStarted();
    await definition.started?.(created, config);
    new Logger('Bootstrap').log(`Ready on ${await created.getUrl()}`);
  } catch (error) {
    // told to end while it was still waiting for its database or broker: stop() sees it through
    if (stopping) return;
    const known = explainStart(error, config);
    if (known) pino.fatal(known.sentence);
    else pino.fatal({ err: error }, 'Could not start');
    process.exit(known?.exitCode ?? 1);
  }
}

async function create(definition: AppDefinition, config: Config, logger: PinoLogger): Promise<NestFastifyApplication> {
  const { trustProxy } = config;
  const adapter = new FastifyAdapter({
    // by a number Fastify trusts nobody, since who comes past the proxies could add to the header: whether anybody can
    // is the operator's to know
    trustProxy: typeof trustProxy === 'number' ? (_address: string, hop: number) => hop < trustProxy : trustProxy,
    bodyLimit: LIMITS.bodyBytes,
    // slow headers and uploads: OWASP ASVS V12, slow loris; the gateway's other bodies end sooner
    requestTimeout: Math.max(REQUEST_MS, Math.ceil(config.mediaMaxBytes / SLOWEST_BYTES_PER_MS)),
    // nothing comes or goes for so long: a reader that does not read holds its answer no longer
    connectionTimeout: 60_000,
    keepAliveTimeout: 30_000,
    routerOptions: { maxParamLength: 2048 },
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerUnreadable,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-trace-id'];
      return typeof given === 'string' && TRACE_ID.test(given) ? given : newId();
    },
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const app = await NestFactory.create<NestFastifyApplication>(definition.root(config), adapter, {
    logger,
    abortOnError: false,
    // Fastify's own parser for JSON; Nest would take forms besides
    bodyParser: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  (app.getHttpServer() as HttpServer).on('checkExpectation', answerUnexpected);
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-trace-id', request.id);
    runInTrace(request.id, done);
  });
  return app;
}
