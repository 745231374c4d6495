import type { Readable } from 'node:stream';
import type { MediaId } from '../ids.js';

export interface StoredObject {
  /** The whole object or the asked range. */
  stream: Readable;
  /** Bytes of the whole object. */
  size: number;
}

export type Variant = 'original' | 'thumbnail';

/** Where the bytes are: a folder or an S3 bucket. Objects are written once and never changed. */
export abstract class MediaStore {
  /** Durable when it resolves. Writing the same id again replaces nothing. */
  abstract put(id: MediaId, variant: Variant, bytes: Buffer, mime: string): Promise<void>;
  /** `range` is inclusive, in bytes. @returns null when there is no such object. */
  abstract open(id: MediaId, variant: Variant, range?: { start: number; end: number }): Promise<StoredObject | null>;
  abstract delete(id: MediaId): Promise<void>;
  /** @throws when it cannot be written to; for the readiness check. */
  abstract check(): Promise<void>;
}
