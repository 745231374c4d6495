import type { Problem } from '@dunlin/contracts/wire';
import { isErrorCode } from '@dunlin/contracts/wire';
import { DunlinError, invalid, isTokenRefused } from '../errors/dunlin-error.js';
import { deadline, untilAborted, type Deadline } from '../platform/deadline.js';

/** Gives the access token that requests carry. */
export interface TokenSource {
  /** Which session the tokens are of now. */
  readonly sessionId?: string | undefined;
  /** A token that is good for a while yet. @throws DunlinError `signed_out`, or what the refresh failed with */
  current(): Promise<string>;
  /** A newer token than the one that was refused. @throws DunlinError */
  renewed(refused: string): Promise<string>;
}

export interface RequestOptions {
  /** Sent as JSON. */
  body?: object;
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal;
  /** On an open route: another token than the session's. */
  token?: string;
  /** Goes on though the page ends. */
  keepalive?: boolean;
}

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

const PREFIX = '/api/v1';

/** Requests under /api/v1: JSON in and out, every failure as a DunlinError. */
export class Http {
  /** @param tokens absent: for the routes that are open */
  constructor(
    readonly origin: string,
    private readonly fetch: Fetch,
    private readonly timeoutMs: number,
    private readonly tokens?: TokenSource,
  ) {}

  get = <T>(path: string, query?: RequestOptions['query']): Promise<T> => this.json('GET', path, { query });
  post = <T>(path: string, body?: object): Promise<T> => this.json('POST', path, { body });
  put = <T>(path: string, body?: object): Promise<T> => this.json('PUT', path, { body });
  patch = <T>(path: string, body: object): Promise<T> => this.json('PATCH', path, { body });
  delete = (path: string): Promise<void> => this.json('DELETE', path);

  /** @throws DunlinError */
  json<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    return this.answer(method, path, options, async (response) =>
      response.status === 204 ? (undefined as T) : ((await response.json()) as T),
    );
  }

  /** What may be large: it has as long as it needs, while some of it comes in time. @throws DunlinError */
  blob(path: string, signal?: AbortSignal): Promise<Blob> {
    return this.answer('GET', path, { signal }, blobOf);
  }

  /** @throws DunlinError for every answer but a good one that can be read */
  private async answer<T>(method: string, path: string, options: RequestOptions, read: Read<T>): Promise<T> {
    const { body, query, signal, token, keepalive } = options;
    const url = this.url(path, query);
    const asked = this.authorized((given) => {
      const authorization = token === undefined ? given : bearer(token);
      const init: RequestInit = { method, headers: authorization, signal: null, ...(keepalive ? { keepalive } : {}) };
      if (body !== undefined) {
        init.body = JSON.stringify(body);
        init.headers = { ...authorization, 'content-type': 'application/json' };
      }
      return this.send(url, init, read, signal);
    });
    return untilAborted(asked, signal);
  }

  /**
   * Runs a request with the token; once more with a new one if that was refused.
   * @throws DunlinError
   */
  async authorized<T>(request: (headers: Record<string, string>) => Promise<T>): Promise<T> {
    if (!this.tokens) return request({});
    const token = await this.tokens.current();
    try {
      return await request(bearer(token));
    } catch (error) {
      const failure = DunlinError.from(error);
      if (!isTokenRefused(failure)) throw failure;
      return request(bearer(await this.tokens.renewed(token)));
    }
  }

  /** Without token, deadline or understanding of the answer. */
  raw(url: string, init: RequestInit): Promise<Response> {
    return this.fetch(url, init);
  }

  /** @throws DunlinError `validation_failed` */
  url(path: string, query: RequestOptions['query'] = {}): string {
    const search = Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${encoded(name, String(value))}`)
      .join('&');
    // what the server gives in a Media begins with the prefix already
    const full = path.startsWith(PREFIX) ? path : PREFIX + path;
    if (/\/(\/|$)/.test(full)) throw invalid('id', 'must be a string that is not empty');
    return `${this.origin}${full}${search && `?${search}`}`;
  }

  private async send<T>(url: string, init: RequestInit, read: Read<T>, signal?: AbortSignal): Promise<T> {
    const limit = deadline(this.timeoutMs, signal);
    const answered = async (): Promise<T> => {
      const response = await this.fetch(url, { ...init, signal: limit.signal });
      if (response.ok) return read(response, limit);
      throw refusal(response.status, response.headers.get('retry-after'), await response.text());
    };
    try {
      // a body may stall as well
      return await untilAborted(answered(), limit.signal);
    } catch (error) {
      throw limit.passed ? new DunlinError('timeout', {}, { cause: error }) : DunlinError.from(error);
    } finally {
      limit.end();
    }
  }
}

type Read<T> = (response: Response, limit: Deadline) => Promise<T>;

const blobOf: Read<Blob> = async (response, limit) => {
  const reader = response.body?.getReader();
  if (!reader) return response.blob();
  const stop = (): void => void reader.cancel().catch(() => undefined);
  limit.signal.addEventListener('abort', stop, { once: true });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    limit.extend();
    parts.push(part.value);
  }
  return new Blob(parts, { type: response.headers.get('content-type') ?? '' });
};

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

function encoded(path: string, value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    // half a character cannot be sent
    throw invalid(path, 'must be valid Unicode');
  }
}

/** The error in a bad answer. One without problem details comes from something between here and the server. */
export function refusal(status: number, retryAfter: string | null, text: string): DunlinError {
  const seconds = Number(retryAfter);
  const retryAfterMs = retryAfter && Number.isFinite(seconds) ? seconds * 1000 : undefined;
  try {
    const { code, detail, title, ...facts } = JSON.parse(text) as Problem;
    if (isErrorCode(code)) return new DunlinError(code, { ...facts, message: detail ?? title, retryAfterMs });
  } catch {
    // not ours
  }
  return new DunlinError(status >= 500 ? 'unavailable' : status === 413 ? 'payload_too_large' : 'internal', {
    retryAfterMs,
  });
}
