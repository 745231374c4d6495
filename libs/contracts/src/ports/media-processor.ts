import type { MediaRecord } from '../rpc/index.js';

export interface Upload {
  bytes: Buffer;
  /** As the client named it; used for nothing but the check that its ending is no program's. */
  fileName?: string;
}

/**
 * Turns untrusted bytes into something safe to keep: images are decoded, stripped of metadata and encoded again;
 * other files are taken as they are unless they are markup or a program.
 * @throws DunlinError `unsupported_media`, `payload_too_large`, `busy` when too many are waiting.
 */
export abstract class MediaProcessor {
  /** Stores original and thumbnail and answers what is known about them. `uploaderId` makes equal inline images of one person one object. */
  abstract store(
    upload: Upload,
    options: { uploaderId: string; expect: 'any' | 'image'; contentAddressed?: boolean },
  ): Promise<MediaRecord>;
}
