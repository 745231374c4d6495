import type { Config } from '@dunlin/platform';

const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Whether a page of this origin may talk to the server. The same for HTTP (where the browser enforces it) and for the
 * WebSocket handshake (where nobody but the server does: RFC 6455 section 10.2).
 * @param origin undefined when there is no Origin header: not a page
 * @param host the Host header: a page from the server itself is always welcome
 */
export function originAllowed(config: Config, origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  if (config.corsOrigins.includes('*') || config.corsOrigins.includes(origin)) return true;
  if (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)) return true;
  return !config.production && config.corsOrigins.length === 0 && LOOPBACK.test(origin);
}
