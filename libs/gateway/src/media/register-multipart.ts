import multipart from '@fastify/multipart';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { DunlinError } from '@dunlin/contracts';
import type { Config } from '@dunlin/platform';

const BODY_MS = 60_000;

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;

/** Teaches Fastify `multipart/form-data`, for one file and nothing beside it. Call it before the app is initialised. */
export async function registerMultipart(app: NestFastifyApplication, config: Config): Promise<void> {
  await app.register(multipart, {
    // the reader looks at `truncated` itself
    throwFileSizeLimit: false,
    limits: {
      // one more than allowed, so that a file of exactly the limit is told from a longer one
      fileSize: config.mediaMaxBytes + 1,
      files: 1,
      fields: 0,
      parts: 1,
      headerPairs: 20,
      fieldNameSize: 64,
      fieldSize: 0,
    },
  });
  const fastify = app.getHttpAdapter().getInstance();
  const takesFiles = ({ routeOptions }: FastifyRequest): boolean => routeOptions.url?.endsWith('/media') === true;
  // The parser above is for the whole server; every other route takes JSON alone.
  fastify.addHook('preValidation', (request, _reply, done) => {
    done(takesFiles(request) || !request.isMultipart() ? undefined : new DunlinError('unsupported_media'));
  });
  // The server waits as long as the largest upload may take; any other body is small, or meant to hold it up.
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    if (hasBody(request) && !takesFiles(request)) {
      const timer = setTimeout(() => request.raw.destroy(), BODY_MS).unref();
      const clear = (): void => clearTimeout(timer);
      payload.once('end', clear).once('close', clear);
    }
    done(null, payload);
  });
}
