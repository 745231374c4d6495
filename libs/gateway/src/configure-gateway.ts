import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { VERSION, type Config } from '@dunlin/platform';
import { serveDocs } from './docs/serve-docs.js';
import { API_PREFIX } from './http/api-prefix.js';
import { refuseEncodedBodies } from './http/encoded-bodies.js';
import { endSlowBodies } from './http/slow-bodies.js';
import { UnreadAnswers } from './http/unread-answers.js';
import { requireUnicode } from './http/unicode.js';
import { createValidationPipe } from './http/validation.js';
import { RateLimits } from './limits/rate-limits.js';
import { registerMultipart } from './media/register-multipart.js';
import { originAllowed } from './origins.js';
import { ImAdapter } from './realtime/im-adapter.js';
import { Turnstile } from './realtime/turnstile.js';
import { serveWeb } from './web/serve-web.js';

const OUTSIDE_PREFIX = ['health/live', 'health/ready', 'metrics'];

/** What the gateway's HTTP server needs besides its modules. Call before the transport is connected. */
export async function configureGateway(app: NestFastifyApplication, config: Config): Promise<void> {
  app.setGlobalPrefix(API_PREFIX, { exclude: OUTSIDE_PREFIX });
  app.useGlobalPipes(createValidationPipe());
  requireUnicode(app);
  app.get(UnreadAnswers).watch(app);
  app.useWebSocketAdapter(new ImAdapter(app, config, app.get(RateLimits), app.get(Turnstile)));
  app.enableCors({
    origin: (origin: string | undefined, decide: (error: Error | null, allow: boolean) => void) =>
      decide(null, originAllowed(config, origin, undefined)),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'x-trace-id'],
    exposedHeaders: ['x-trace-id', 'retry-after'],
    maxAge: 600,
    // an OPTIONS that is no preflight is no error either; the plugin would answer it with bare text
    strictPreflight: false,
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    strictTransportSecurity: config.production,
  });
  await registerMultipart(app, config);
  refuseEncodedBodies(app);
  endSlowBodies(app);
  if (config.apiDocs) serveDocs(app, VERSION);
  await serveWeb(app, config);
}
