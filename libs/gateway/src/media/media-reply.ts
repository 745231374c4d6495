import { DunlinError, isImageMime, type MediaId, type MediaRecord, type MediaStore, type Variant } from '@dunlin/contracts';
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
  send(payload?: unknown): unknown;
}

const YEAR_S = 31_536_000;

/**
 * Answers GET and HEAD for one object that the caller may see: whole, one range of it (RFC 9110 section 14), or 304.
 * @throws DunlinError `not_found` when the store has lost it, `unavailable` when the store does not answer
 */
export async function replyWithMedia(
  store: MediaStore,
  record: MediaRecord,
  variant: Variant,
  request: MediaRequest,
  reply: MediaReply,
): Promise<void> {
  const etag = `"${record.id}-${variant}"`;
  setHeaders(reply, record, variant, etag);
  if (matches(request.headers['if-none-match'], etag)) {
    reply.status(304).send();
    return;
  }
  // the thumbnail's size is the store's to know
  const size = variant === 'original' ? record.size : await sizeOf(store, record.id, variant);
  // Range is defined for GET alone; with If-Range it holds only for what the client has a part of
  const applies = request.method === 'GET' && [undefined, etag].includes(single(request.headers['if-range']));
  const range = applies ? rangeOf(single(request.headers['range']), size) : 'whole';
  if (range === 'unsatisfiable') return refuseRange(reply, size);
  if (request.method === 'HEAD') {
    reply.status(200).header('content-length', size).send(nothing(size));
    return;
  }
  await sendBytes(store, record.id, variant, range, reply);
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

async function sendBytes(
  store: MediaStore,
  id: MediaId,
  variant: Variant,
  range: ByteRange | 'whole',
  reply: MediaReply,
): Promise<void> {
  const { stream, size } = await openObject(store, id, variant, range === 'whole' ? undefined : range);
  if (range === 'whole') reply.status(200).header('content-length', size);
  else
    reply
      .status(206)
      .header('content-range', `bytes ${range.start}-${range.end}/${size}`)
      .header('content-length', range.end - range.start + 1);
  // Fastify destroys the stream when the client goes away
  reply.send(stream);
}

async function sizeOf(store: MediaStore, id: MediaId, variant: Variant): Promise<number> {
  const { stream, size } = await openObject(store, id, variant, { start: 0, end: 0 });
  stream.destroy();
  return size;
}

async function openObject(store: MediaStore, id: MediaId, variant: Variant, range?: ByteRange) {
  const object = await store.open(id, variant, range).catch((error: unknown) => {
    throw new DunlinError('unavailable', { cause: error });
  });
  if (!object) throw new DunlinError('not_found');
  return object;
}

/** RFC 9457, like every other error; 416 has no code of its own, since only this one place answers it. */
function refuseRange(reply: MediaReply, size: number): void {
  reply
    .status(416)
    .header('content-range', `bytes */${size}`)
    .header('content-type', 'application/problem+json')
    .header('content-disposition', 'inline')
    .header('cache-control', 'no-store')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: 'Range Not Satisfiable',
        status: 416,
        detail: 'The range begins behind the end',
        code: 'validation_failed',
        retryable: false,
        traceId: currentTraceId(),
        errors: [{ path: 'range', message: 'must begin before the end' }],
      }),
    );
}

/** RFC 9110 section 13.1.2: a list of tags, compared weakly, or `*`. */
const matches = (header: string | string[] | undefined, etag: string): boolean =>
  [header ?? []].flat().some((list) => list.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim())));

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
