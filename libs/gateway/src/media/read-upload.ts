import type { Readable } from 'node:stream';
import { DunlinError, invalid, type Upload } from '@dunlin/contracts';
import type { UploadShare } from './upload-memory.js';

interface Part {
  type: 'file' | 'field';
  fieldname: string;
  filename?: string;
  file?: Readable & { truncated: boolean };
}

/** What is used of Fastify's request with @fastify/multipart. */
export interface MultipartRequest {
  headers: Record<string, string | string[] | undefined>;
  raw: { destroyed: boolean };
  isMultipart(): boolean;
  parts(): AsyncIterable<Part>;
}

const FIELD = 'file';

/**
 * Reads the one file of a `multipart/form-data` body into memory.
 * @param maxBytes of the file
 * @throws DunlinError `unsupported_media` for another content type, `payload_too_large`, `validation_failed` for what is
 * malformed, cut off, or anything but one part named `file`; `busy` when uploads hold too much memory already
 */
export async function readUpload(request: MultipartRequest, maxBytes: number, share: UploadShare): Promise<Upload> {
  if (!request.isMultipart())
    throw request.headers['content-type'] === undefined
      ? invalid(FIELD, 'is missing')
      : new DunlinError('unsupported_media', { message: 'Send multipart/form-data' });
  // nobody tells the parser of a close that was before it began: it would wait for ever, and keep its place
  if (request.raw.destroyed) throw bodyError(undefined);
  let upload: Upload | undefined;
  try {
    for await (const part of request.parts()) {
      if (!part.file || part.fieldname !== FIELD) {
        part.file?.resume();
        throw invalid(FIELD, 'must be the only part');
      }
      upload = { bytes: await collect(part.file, maxBytes, share), fileName: decodeName(part.filename) };
    }
  } catch (error) {
    // Busboy, the plug-in and the socket all mean the same here: the body is not what it should be.
    throw error instanceof DunlinError ? error : bodyError(error);
  }
  if (!upload) throw invalid(FIELD, 'is missing');
  return upload;
}

/**
 * A name as it was before a browser put it into the header: what would end or break the line it stands in is escaped there,
 * and nothing else, not even the percent sign.
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
 */
const decodeName = (name: string | undefined): string | undefined =>
  name?.replace(/%(22|0D|0A)/gi, (_escape, code: string) => String.fromCharCode(parseInt(code, 16)));

const bodyError = (error: unknown): DunlinError =>
  new DunlinError('validation_failed', {
    errors: [{ path: FIELD, message: 'must be the only part, complete and well-formed' }],
    cause: error,
  });

async function collect(file: NonNullable<Part['file']>, maxBytes: number, share: UploadShare): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    chunks.length = 0;
    share.giveBack();
  };
  share.onTaken(fail);
  // A `break` would destroy the stream and with it the connection, before the client has read why.
  for await (const chunk of file as AsyncIterable<Buffer>) {
    if (failure !== undefined) continue;
    size += chunk.length;
    try {
      if (size > maxBytes) throw new DunlinError('payload_too_large');
      share.add(chunk.length);
      chunks.push(chunk);
    } catch (error) {
      fail(error);
    }
  }
  if (failure !== undefined) throw failure;
  share.whole();
  if (file.truncated) throw new DunlinError('payload_too_large');
  return Buffer.concat(chunks, size);
}
