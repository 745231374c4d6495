import { createHmac, hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  DunlinError,
  invalid,
  MediaProcessor,
  MediaStore,
  type ImageMime,
  type MediaId,
  type MediaRecord,
  type Upload,
} from '@dunlin/contracts';
import { Config, KeyedLanes, newId } from '@dunlin/platform';
import { contentOf } from './content-type.js';
import { ImageEncoder } from './image-encoder.js';

const THUMBNAIL_MIME = 'image/webp';

type StoreOptions = Parameters<MediaProcessor['store']>[1];

/** Images by sharp (libvips), types by file-type; both are loaded with the first upload that needs them. */
@Injectable()
export class SharpMediaProcessor extends MediaProcessor {
  private readonly images = new ImageEncoder();
  /** By person: one who sends many large pictures waits behind themselves, and nobody else does. */
  private readonly lanes = new KeyedLanes();
  private readonly idKey: Buffer;

  constructor(
    private readonly objects: MediaStore,
    private readonly config: Config,
  ) {
    super();
    this.idKey = Buffer.from(hkdfSync('sha256', config.jwtSecret, '', 'dunlin media content id', 32));
  }

  async store(upload: Upload, options: StoreOptions): Promise<MediaRecord> {
    if (upload.bytes.length === 0) throw invalid('file', 'must not be empty');
    if (upload.bytes.length > this.config.mediaMaxBytes) throw new DunlinError('payload_too_large');
    const content = await contentOf(upload.bytes, upload.fileName);
    if (content.kind === 'refused' || (content.kind === 'file' && options.expect === 'image'))
      throw new DunlinError('unsupported_media');
    const id = options.contentAddressed ? this.idOf(upload.bytes, options.uploaderId) : newId<MediaId>();
    if (content.kind === 'image')
      return this.lanes.run(options.uploaderId, () => this.storeImage(id, upload.bytes, content.mime));
    await this.put(id, 'original', upload.bytes, content.mime);
    return { id, mime: content.mime, size: upload.bytes.length, hasThumbnail: false };
  }

  private async storeImage(id: MediaId, untrusted: Buffer, mime: ImageMime): Promise<MediaRecord> {
    const { bytes, width, height, thumbnail, blurhash } = await this.images.encode(untrusted, mime);
    // the original last: where it is, its thumbnail is too
    await this.put(id, 'thumbnail', thumbnail, THUMBNAIL_MIME);
    await this.put(id, 'original', bytes, mime);
    return { id, mime, size: bytes.length, width, height, blurhash, hasThumbnail: true };
  }

  private async put(...object: Parameters<MediaStore['put']>): Promise<void> {
    try {
      await this.objects.put(...object);
    } catch (error) {
      throw new DunlinError('unavailable', { cause: error });
    }
  }

  // Keyed, so that nobody can tell from an id whether a person has sent a picture they know.
  private idOf(bytes: Buffer, uploaderId: string): MediaId {
    return createHmac('sha256', this.idKey)
      .update(uploaderId)
      .update('|')
      .update(bytes)
      .digest('hex')
      .slice(0, 32) as MediaId;
  }
}
