import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DunlinError } from '@dunlin/contracts';
import { hasBody } from './slow-bodies.js';

/** Nothing is unpacked here: a body in another coding than its own would be read as what it is not (RFC 9110, 8.4). */
export function refuseEncodedBodies(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preParsing', (request, reply, payload, done) => {
      const coding = request.headers['content-encoding'] ?? 'identity';
      if (coding.trim().toLowerCase() === 'identity' || !hasBody(request)) return done(null, payload);
      void reply.header('accept-encoding', 'identity');
      done(new DunlinError('unsupported_media'));
    });
}
