import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { takesFiles } from '../media/register-multipart.js';

/** How long a body may take that is no upload. */
const BODY_MS = 60_000;

export const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;

/** The server waits as long as the largest upload may take; any other body is small, or meant to hold it up. */
export function endSlowBodies(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preParsing', (request, _reply, payload, done) => {
      if (hasBody(request) && !takesFiles(request)) {
        const timer = setTimeout(() => request.raw.destroy(), BODY_MS).unref();
        const clear = (): void => clearTimeout(timer);
        payload.once('end', clear).once('close', clear);
      }
      done(null, payload);
    });
}
