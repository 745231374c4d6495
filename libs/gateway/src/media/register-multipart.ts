import multipart from '@fastify/multipart';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { DunlinError } from '@dunlin/contracts';
import type { Config } from '@dunlin/platform';

/** The one route whose bodies are large. */
export const takesFiles = ({ routeOptions }: FastifyRequest): boolean => routeOptions.url?.endsWith('/media') === true;

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
  // The parser above is for the whole server; every other route takes JSON alone.
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preValidation', (request, _reply, done) => {
      done(takesFiles(request) || !request.isMultipart() ? undefined : new DunlinError('unsupported_media'));
    });
}
