import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import {
  DunlinError,
  isImageMime,
  type MediaId,
  type MediaRecord,
  type MediaStore,
  type Problem,
  type StoredObject,
  type Variant,
} from '@dunlin/contracts';
import { currentTraceId } from '@dunlin/platform';
import { rangeOf, type ByteRange } from './byte-range.js';

/** What is used of Fastify's request. */
export interface MediaRequest {
  method: string;
  headers: Record<string, string | string[] | undefined>;
}

/** What is used of Fastify's reply. */
export interface MediaReply {
  status(code: number): this;
  header(name: string, value: string | number): this;
}

const YEAR_S = 31_536_000;

/**
 * The answer to GET and HEAD for one object that the caller may see: whole, one range of it (RFC 9110 section 14), or
 * 304. It is Nest's StreamableFile, which lets go of the bytes when the client goes away and sends none for HEAD.
 * @returns the body; status and headers are set on `reply`
 * @throws DunlinError `not_found` when the store has lost it, `unavailable` when the store does not answer
 */
export async function mediaReply(
  store: MediaStore,
  record: MediaRecord,
  variant: Variant,
  request: MediaRequest,
  reply: MediaReply,
): Promise<StreamableFile | Problem | undefined> {
  const etag = `"${record.id}-${variant}"`;
  if (matches(request.headers['if-none-match'], etag)) {
    setHeaders(reply, record, variant, etag);
    reply.status(304);
    return undefined;
  }
  // the thumbnail's size is the store's to know
  const size = variant === 'original' ? record.size : await sizeOf(store, record.id, variant);
  // Range is defined for GET alone; with If-Range it holds only for what the client has a part of
  const applies = request.method === 'GET' && [undefined, etag].includes(single(request.headers['if-range']));
  const range = applies ? rangeOf(single(request.headers['range']), size) : 'whole';
  if (range === 'unsatisfiable') return refuseRange(reply, size);
  const length = range === 'whole' ? size : range.end - range.start + 1;
  const stream =
    request.method === 'HEAD'
      ? Readable.from([])
      : (await openObject(store, record.id, variant, range === 'whole' ? undefined : range)).stream;
  setHeaders(reply, record, variant, etag);
  if (range !== 'whole') reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
  return new StreamableFile(stream, { length });
}

function setHeaders(reply: MediaReply, record: MediaRecord, variant: Variant, etag: string): void {
  const inline = variant === 'thumbnail' || isImageMime(record.mime);
  reply
    .header('content-type', variant === 'thumbnail' ? 'image/webp' : inline ? record.mime : 'application/octet-stream')
    .header('content-disposition', inline ? 'inline' : 'attachment')
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('cache-control', `private, max-age=${YEAR_S}, immutable`)
    .header('vary', 'authorization')
    .header('accept-ranges', 'bytes')
    .header('etag', etag);
}

async function sizeOf(store: MediaStore, id: MediaId, variant: Variant): Promise<number> {
  const { stream, size } = await openObject(store, id, variant, { start: 0, end: 0 });
  stream.destroy();
  return size;
}

async function openObject(store: MediaStore, id: MediaId, variant: Variant, range?: ByteRange): Promise<StoredObject> {
  const object = await store.open(id, variant, range).catch((error: unknown) => {
    throw new DunlinError('unavailable', { cause: error });
  });
  if (!object) throw new DunlinError('not_found');
  return object;
}

/** RFC 9457, like every other error; 416 has no code of its own, since only this one place answers it. */
function refuseRange(reply: MediaReply, size: number): Problem {
  reply
    .status(416)
    .header('content-range', `bytes */${size}`)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store');
  return {
    type: 'about:blank',
    title: 'Range Not Satisfiable',
    status: 416,
    detail: 'The range begins behind the end',
    code: 'validation_failed',
    retryable: false,
    traceId: currentTraceId(),
    errors: [{ path: 'range', message: 'must begin before the end' }],
  };
}

/** RFC 9110 section 13.1.2: a list of tags, compared weakly, or `*`. */
const matches = (header: string | string[] | undefined, etag: string): boolean =>
  [header ?? []].flat().some((list) => list.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim())));

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
