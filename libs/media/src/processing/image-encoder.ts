import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { DunlinError, type ImageMime } from '@dunlin/contracts';
import { WorkLimiter } from '@dunlin/platform';

export interface EncodedImage {
  bytes: Buffer;
  width: number;
  height: number;
  /** WebP. */
  thumbnail: Buffer;
  blurhash: string;
}

type SharpModule = typeof import('sharp').default;

/** A phone's best photograph has 50 megapixels. Of an animation all frames count. */
const MAX_PIXELS = 52_000_000;
/** A still WebP image is held in memory whole, twice: 420 MB with 50 megapixels, where a JPEG streams through in 30. */
const MAX_STILL_WEBP_PIXELS = 26_000_000;
/** From here on an image is decoded alone: turning one or a progressive JPEG takes some 6 bytes a pixel. */
const HEAVY_PIXELS = 16_000_000;
const MAX_FRAMES = 1000;
const TIMEOUT_S = 20;
const THUMBNAIL_PIXELS = 320;
const BLURHASH_PIXELS = 32;
const AT_A_TIME = 2;
const MAX_WAITING = 32;

// The only code of libvips that untrusted bytes reach: SVG, TIFF, PDF, HEIF and the rest stay shut.
const LOADERS = ['Png', 'Jpeg', 'Webp', 'Nsgif'].map((format) => `VipsForeignLoad${format}Buffer`);

async function loadSharp(): Promise<SharpModule> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
  return sharp;
}

const refused = (message: string, cause?: unknown): DunlinError =>
  new DunlinError('unsupported_media', { message, cause });

/**
 * Decodes an untrusted image and encodes its pixels again in the same format, so that nothing else survives: no EXIF,
 * no GPS position, no colour profile, no comment, no bytes before or after. What the orientation tag said is done to
 * the pixels.
 */
export class ImageEncoder {
  private readonly limiter = new WorkLimiter(AT_A_TIME, MAX_WAITING);
  private sharp: Promise<SharpModule> | undefined;

  /**
   * @throws DunlinError `unsupported_media` for what is broken, too large in pixels or frames, or not what `mime` says;
   * `busy` when too many images are waiting
   */
  async encode(bytes: Buffer, mime: ImageMime): Promise<EncodedImage> {
    this.sharp ??= loadSharp();
    const sharp = await this.sharp;
    const { pixels, animated } = await this.limiter.run(1, () => inspect(sharp, bytes, mime));
    return this.limiter.run(pixels > HEAVY_PIXELS ? AT_A_TIME : 1, () => encode(sharp, bytes, mime, animated));
  }
}

/** `truncated` and worse end the work; a mere warning is common in the wild. */
const options = (animated: boolean): SharpOptions => ({
  failOn: 'error',
  limitInputPixels: MAX_PIXELS,
  sequentialRead: true,
  animated,
});

async function inspect(
  sharp: SharpModule,
  bytes: Buffer,
  mime: ImageMime,
): Promise<{ pixels: number; animated: boolean }> {
  const metadata = await decoding<Metadata>(() => sharp(bytes, options(true)).metadata());
  if (`image/${metadata.format}` !== mime) throw refused('The image is broken');
  const frames = metadata.pages ?? 1;
  if (frames > MAX_FRAMES) throw refused('The animation has too many frames');
  const pixels = metadata.width * (metadata.pageHeight ?? metadata.height) * frames;
  const most = mime === 'image/webp' && frames === 1 ? MAX_STILL_WEBP_PIXELS : MAX_PIXELS;
  if (pixels > most) throw refused('The image has too many pixels');
  return { pixels, animated: frames > 1 };
}

async function encode(sharp: SharpModule, bytes: Buffer, mime: ImageMime, animated: boolean): Promise<EncodedImage> {
  const decoded = sharp(bytes, options(animated)).timeout({ seconds: TIMEOUT_S });
  // libvips cannot turn a stack of frames, and no animation in use has the tag
  const pipeline = inFormat(animated ? decoded : decoded.autoOrient(), mime);
  const { data, info } = await decoding(() => pipeline.toBuffer({ resolveWithObject: true }));
  const thumbnail = await decoding(() =>
    sharp(data, options(false))
      .resize(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 75 })
      .toBuffer(),
  );
  return {
    bytes: data,
    width: info.width,
    height: info.pageHeight ?? info.height,
    thumbnail,
    blurhash: await blurhashOf(sharp, thumbnail),
  };
}

function inFormat(image: Sharp, mime: ImageMime): Sharp {
  switch (mime) {
    case 'image/png':
      return image.png({ compressionLevel: 7 });
    case 'image/jpeg':
      // its own Huffman tables would make it a few percent smaller, three times slower, and held in memory whole
      return image.jpeg({ quality: 85, optimizeCoding: false });
    case 'image/webp':
      return image.webp({ quality: 85, effort: 2 });
    case 'image/gif':
      return image.gif({ effort: 1, reuse: true });
  }
}

/** https://blurha.sh: a few dozen characters that a client paints until the image is there. */
async function blurhashOf(sharp: SharpModule, thumbnail: Buffer): Promise<string> {
  const { encode: toBlurhash } = await import('blurhash');
  const { data, info } = await sharp(thumbnail)
    .flatten({ background: '#fff' })
    .resize(BLURHASH_PIXELS, BLURHASH_PIXELS, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const [across, down] = info.width >= info.height ? [4, 3] : [3, 4];
  return toBlurhash(new Uint8ClampedArray(data), info.width, info.height, across, down);
}

/** Whatever a decoder says about untrusted bytes is the bytes' fault. */
async function decoding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refused('The image is broken or too large', error);
  }
}
