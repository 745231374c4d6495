import type { Media } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import type { Http } from '../transport/http.js';
import type { SizeLimit } from './size-limit.js';
import { checkSize, upload, type UploadOptions } from './upload.js';

/** `thumbnail`: an image of at most 320 pixels each way; an image without one gives its original. */
export type MediaVariant = 'original' | 'thumbnail';

/** What an `img` element shows, until it is released. */
export interface ObjectUrl {
  readonly url: string;
  release(): void;
}

interface Held {
  url: Promise<string>;
  holders: number;
}

/** Images and files. Their bytes need the access token, so an address alone does not show them. */
export class MediaFiles {
  private readonly held = new Map<string, Held>();

  /** @internal */
  constructor(
    private readonly http: Http,
    private readonly limit: SizeLimit,
  ) {}

  /**
   * Uploads one image or file, for a profile or a group's picture. Messages with files are better sent through
   * `messages.sendFile`, which keeps them over a reload.
   * @throws DunlinError `payload_too_large`, `unsupported_media`, `validation_failed`, `rate_limited`, `aborted` (by the signal),
   *   `network`
   */
  async upload(blob: Blob, options: UploadOptions = {}): Promise<Media> {
    checkSize(blob, this.limit.bytes);
    return upload(this.http, blob, options);
  }

  /**
   * @param media a Media of a message, or the address that a profile or card gives (`avatarUrl`)
   * @throws DunlinError `not_found`, `network`, `timeout` (nothing came any more), `aborted` (by the signal)
   */
  async blob(media: Media | string, variant: MediaVariant = 'original', signal?: AbortSignal): Promise<Blob> {
    const path = pathOf(media, variant);
    const original = pathOf(media, 'original');
    try {
      return await this.http.blob(path, signal);
    } catch (error) {
      // an address alone does not say whether there is a small one
      if (path === original || DunlinError.from(error).code !== 'not_found') throw error;
      return this.http.blob(original, signal);
    }
  }

  /**
   * The bytes as an object URL, loaded once however many show them. Release it when it is no longer shown.
   * @throws DunlinError `not_found`, `network`
   */
  async objectUrl(media: Media | string, variant: MediaVariant = 'original'): Promise<ObjectUrl> {
    const path = pathOf(media, variant);
    const held = this.held.get(path) ?? { url: this.load(media, variant), holders: 0 };
    this.held.set(path, held);
    held.holders++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      if (--held.holders > 0) return;
      if (this.held.get(path) === held) this.held.delete(path);
      held.url.then(URL.revokeObjectURL, () => undefined);
    };
    try {
      return { url: await held.url, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  private async load(media: Media | string, variant: MediaVariant): Promise<string> {
    return URL.createObjectURL(await this.blob(media, variant));
  }
}

function pathOf(media: Media | string, variant: MediaVariant): string {
  if (typeof media === 'string') return variant === 'thumbnail' ? `${media}/thumbnail` : media;
  const { url = '/', thumbnailUrl } = (media as Media | undefined) ?? {};
  return (variant === 'thumbnail' && thumbnailUrl) || url;
}
