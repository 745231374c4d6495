import { holdExchange } from './contract.js';
import { noteUse } from './server.js';

export interface Reply<T = unknown> {
  status: number;
  headers: Headers;
  /** The parsed JSON; undefined for an empty body and for what is no JSON. */
  body: T;
  text: string;
}

export interface RequestOptions {
  token?: string;
  headers?: Record<string, string>;
  /** A body as it is, instead of JSON. */
  raw?: string | Buffer | FormData;
}

/**
 * One HTTP request.
 * @param path from the root: `/api/v1/users/me`
 */
export async function request<T = unknown>(
  base: string,
  method: string,
  path: string,
  body?: unknown,
  { token, headers = {}, raw }: RequestOptions = {},
): Promise<Reply<T>> {
  const all: Record<string, string> = { ...headers };
  if (token !== undefined) all['authorization'] = `Bearer ${token}`;
  if (body !== undefined) all['content-type'] ??= 'application/json';
  const response = await fetch(base + path, {
    method,
    headers: all,
    body: body === undefined ? (raw as RequestInit['body']) : JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.ok || response.status === 304) noteUse('route', `${method} ${path.split('?')[0]}`);
  const reply = parse(response, text);
  const contentType = response.headers.get('content-type') ?? '';
  holdExchange({ method, path, body: body ?? json(raw), status: response.status, contentType, reply });
  return { status: response.status, headers: response.headers, body: reply as T, text };
}

/** What was given as a text; undefined for what is no JSON. */
function json(raw: RequestOptions['raw']): unknown {
  if (raw === undefined || raw === '') return undefined;
  try {
    return typeof raw === 'string' ? JSON.parse(raw) : Buffer.isBuffer(raw) ? JSON.parse(raw.toString()) : null;
  } catch {
    return null;
  }
}

function parse(response: Response, text: string): unknown {
  return text !== '' && /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
}

/** The bytes of an answer. */
export async function download(url: string, token: string, headers: Record<string, string> = {}): Promise<Bytes> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
  if (response.ok) noteUse('route', `GET ${new URL(url).pathname}`);
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

export interface Bytes {
  status: number;
  headers: Headers;
  bytes: Buffer;
}
