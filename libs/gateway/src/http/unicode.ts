import { isUtf8 } from 'node:buffer';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DunlinError, invalid } from '@dunlin/contracts';

const UTF_8 = /^utf-?8$/i;

/** RFC 8259 section 8.1 knows UTF-8 alone; a type that says nothing means that. */
const charsetOf = (type = ''): string => /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1] ?? 'utf-8';

/**
 * What is not valid UTF-8 in a body or a query is refused. Decoders put U+FFFD for it, and what was stored would not be
 * what was sent.
 */
export function requireUnicode(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser('application/json');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (!UTF_8.test(charsetOf(request.headers['content-type']))) done(new DunlinError('unsupported_media'));
    // a client that names its type with every request; what needs a body says which fields are missing
    else if (body.length === 0) done(null, undefined);
    else if (isUtf8(body)) void parse(request, body.toString('utf8'), done);
    else done(invalid('', 'must be JSON in UTF-8'));
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { url } = request;
    const start = url.indexOf('?');
    done(start < 0 || isPercentEncodedText(url.slice(start + 1)) ? undefined : invalid('', 'must be a query in UTF-8'));
  });
}

function isPercentEncodedText(query: string): boolean {
  if (!query.includes('%')) return true;
  try {
    decodeURIComponent(query);
    return true;
  } catch {
    return false;
  }
}
