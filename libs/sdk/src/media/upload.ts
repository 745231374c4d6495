import type { Media } from '@dunlin/contracts/wire';
import { DunlinError, invalid } from '../errors/dunlin-error.js';
import { browser } from '../platform/browser.js';
import { deadline } from '../platform/deadline.js';
import { refusal, type Http } from '../transport/http.js';

export interface UploadOptions {
  /** What the file is called; default: the name of a File, else `file`. */
  name?: string;
  /** The share that has left, from 0 to 1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/**
 * Sends one file up: through XMLHttpRequest where there is one, since `fetch` tells nothing of its progress.
 * @throws DunlinError `payload_too_large`, `unsupported_media`, `rate_limited`, `aborted`, `timeout`, `network`
 */
export async function upload(http: Http, blob: Blob, options: UploadOptions = {}): Promise<Media> {
  const name = options.name ?? (blob as Partial<File>).name ?? 'file';
  const send = browser.XMLHttpRequest ? throughXhr : throughFetch;
  return http.authorized((headers) => {
    if (options.signal?.aborted) throw new DunlinError('aborted');
    const form = new FormData();
    form.append('file', blob, name);
    return send(http, form, headers, blob.size, options);
  });
}

/**
 * Before anything of it is read: hundreds of megabytes stop a page.
 * @throws DunlinError `payload_too_large`, `validation_failed`
 */
export function checkSize(blob: Blob, maxBytes: number, path = 'file'): void {
  if (typeof (blob as Blob | undefined | null)?.size !== 'number') throw invalid(path, 'must be a Blob or a File');
  if (blob.size > maxBytes) throw new DunlinError('payload_too_large');
}

/** With nothing sent and no answer for so long, the line is dead, though nobody has noticed. Milliseconds. */
const STALLED_MS = 60_000;
/** What the server waits for, at least. */
const SLOWEST_BYTES_PER_MS = 64;

type Send = (
  http: Http,
  form: FormData,
  headers: Record<string, string>,
  size: number,
  options: UploadOptions,
) => Promise<Media>;

const throughXhr: Send = (http, form, headers, _size, { onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const Xhr = browser.XMLHttpRequest as NonNullable<typeof browser.XMLHttpRequest>;
    const xhr = new Xhr();
    const stop = (): void => xhr.abort();
    let stalled: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      clearTimeout(stalled);
      signal?.removeEventListener('abort', stop);
    };
    const fail = (error: DunlinError): void => {
      end();
      reject(error);
    };
    const goesOn = (): void => {
      clearTimeout(stalled);
      stalled = setTimeout(() => {
        fail(new DunlinError('timeout'));
        xhr.abort();
      }, STALLED_MS);
    };
    xhr.open('POST', http.url('/media'));
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded, total }) => {
      goesOn();
      onProgress?.(total > 0 ? loaded / total : 0);
    };
    xhr.onload = () => {
      if (xhr.status >= 300) return fail(refusal(xhr.status, xhr.getResponseHeader('retry-after'), xhr.responseText));
      try {
        resolve(JSON.parse(xhr.responseText) as Media);
        end();
      } catch (error) {
        // somebody in between has answered
        fail(new DunlinError('network', {}, { cause: error }));
      }
    };
    xhr.onerror = () => fail(new DunlinError('network'));
    xhr.ontimeout = () => fail(new DunlinError('timeout'));
    xhr.onabort = () => fail(new DunlinError('aborted'));
    signal?.addEventListener('abort', stop, { once: true });
    xhr.send(form);
    goesOn();
  });

const throughFetch: Send = async (http, form, headers, size, { onProgress, signal }) => {
  // what has left it does not tell: a chunk is counted when it is read ahead
  const limit = deadline(STALLED_MS + size / SLOWEST_BYTES_PER_MS, signal);
  // a Response encodes a form with its boundary, so its stream can be counted on the way
  const encoded = new Response(form);
  let sent = 0;
  const counted = encoded.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        sent += chunk.byteLength;
        onProgress?.(Math.min(1, sent / Math.max(1, size)));
        controller.enqueue(chunk);
      },
    }),
  );
  const init = {
    method: 'POST',
    headers: { ...headers, 'content-type': encoded.headers.get('content-type') ?? '' },
    body: counted,
    duplex: 'half',
    signal: limit.signal,
  };
  try {
    const response = await http.raw(http.url('/media'), init as unknown as RequestInit);
    if (response.ok) return (await response.json()) as Media;
    throw refusal(response.status, response.headers.get('retry-after'), await response.text());
  } catch (error) {
    if (limit.passed) throw new DunlinError('timeout', {}, { cause: error });
    throw signal?.aborted ? new DunlinError('aborted') : DunlinError.from(error);
  } finally {
    limit.end();
  }
};
