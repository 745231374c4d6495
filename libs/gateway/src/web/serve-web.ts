import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { Config } from '@dunlin/platform';
import { pageHeaders } from './page-policy.js';

const PAGE = 'index.html';
/** The build writes it wherever a nonce belongs. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';
const NONCE_BYTES = 18;
/** What is below has a hash of its content in its name. */
const HASHED = 'assets';
const YEAR_S = 365 * 86_400;
/** The server's own paths: what is unknown there is an error, never the page. */
const OWN_PATHS = /^\/(?:api|health|metrics|socket\.io)(?:\/|$)/;
/** No dot files, nothing that climbs. */
const FILE_PATH = /^(?:\/[\w-][\w.-]*)+$/;

/** Whether the chat was built to where it is looked for. */
export const webIsBuilt = (config: Config): boolean =>
  config.webDir !== undefined && existsSync(join(config.webDir, PAGE));

/**
 * The chat: its page for `/` and for every address that a browser navigates to and nothing else answers, and its files.
 * They are looked up when they are asked for, so a new build needs no restart.
 */
export async function serveWeb(app: NestFastifyApplication, config: Config): Promise<void> {
  if (config.webDir === undefined) return;
  const root = resolve(config.webDir);
  // a scope of its own: the API's documents register the plugin for theirs
  await app
    .getHttpAdapter()
    .getInstance()
    .register(async (scope) => {
      await scope.register(fastifyStatic, {
        root,
        serve: false,
        suppressWarning: true,
        preCompressed: true,
        index: false,
        cacheControl: false,
        setHeaders: (reply, path) => {
          const hashed = path.startsWith(join(root, HASHED, sep));
          void reply.header('cache-control', hashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
          void reply.header('vary', 'accept-encoding');
        },
      });
      scope.get('/*', async (request, reply) => {
        const [path = '/'] = request.url.split('?', 1);
        if (OWN_PATHS.test(path)) return reply.callNotFound();
        if (isPage(path, request.headers.accept)) return sendPage(reply, join(root, PAGE));
        return FILE_PATH.test(path) ? reply.sendFile(path.slice(1)) : reply.callNotFound();
      });
    });
}

/** Addresses inside the chat are navigated to; what fetches data asks for no HTML and is told that there is nothing. */
function isPage(path: string, accept = ''): boolean {
  if (path === '/' || path === `/${PAGE}`) return true;
  return accept.includes('text/html') && !/\.[^/]*$/.test(path);
}

/** Never the same twice, so there is no ETag: a 304 would join this answer's nonce to the text of another. */
async function sendPage(reply: FastifyReply, file: string): Promise<FastifyReply> {
  const html = await readFile(file, 'utf8').catch(() => undefined);
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  return reply
    .code(html === undefined ? 503 : 200)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .headers(pageHeaders(nonce))
    .send((html ?? NOT_BUILT).replaceAll(NONCE_PLACEHOLDER, nonce));
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<title>Dunlin</title>
<h1>The server runs; its web chat is not built.</h1>
<p>Build it with <code>npm run build:web</code> in the server's folder, and load this page again.</p>
</html>
`;
