import sharp from 'sharp';

/** Files that the specs feed to the processor. */

const noise = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: '#369', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  });

export const picture = (format: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff', width = 600, height = 400): Promise<Buffer> =>
  noise(width, height).toFormat(format).toBuffer();

/** Left half red, right half blue, stored lying on its side with orientation 6, a GPS position and a maker's name. */
export const photographWithPosition = (): Promise<Buffer> =>
  sharp({ create: { width: 200, height: 100, channels: 3, background: '#f00' } })
    .composite([{ input: { create: { width: 100, height: 100, channels: 3, background: '#00f' } }, left: 100, top: 0 }])
    .jpeg({ quality: 95 })
    .withMetadata({
      orientation: 6,
      exif: {
        IFD0: { Make: 'SecretMaker' },
        IFD3: {
          GPSLatitudeRef: 'N',
          GPSLatitude: '51/1 30/1 3230/100',
          GPSLongitudeRef: 'W',
          GPSLongitude: '0/1 7/1 4366/100',
        },
      },
    })
    .toBuffer();

export function animation(format: 'gif' | 'webp', frames: number, size = 16): Promise<Buffer> {
  const raw = Buffer.alloc(size * size * 3 * frames);
  for (let frame = 0; frame < frames; frame++)
    raw.fill((frame * 37) % 256, frame * size * size * 3, (frame + 1) * size * size * 3);
  return sharp(raw, { raw: { width: size, height: size * frames, channels: 3, pageHeight: size } })
    .toFormat(format)
    .toBuffer();
}

/** The checksum of a PNG chunk (ISO 3309). */
function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A PNG whose header claims another size, checksum and all. */
export async function pngClaiming(width: number, height: number): Promise<Buffer> {
  const png = Buffer.from(await picture('png', 8, 8));
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

/** The image with one more chunk right behind its header. */
export function withPngChunk(png: Buffer, type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), length, body, checksum, png.subarray(33)]);
}

/** 15 bytes a frame: a small file with as many frames as one likes. */
export function gifOfFrames(frames: number): Buffer {
  const head = Buffer.from('47494638396101000100800000000000ffffff', 'hex');
  const frame = Buffer.from('2c0000000001000100000202440100', 'hex');
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from('3b', 'hex')]);
}

/** An ASF header whose inner object has length zero; type detectors have walked it for ever (file-type before 21.3.1). */
export const asfLoop = (): Buffer => {
  const bytes = Buffer.alloc(55);
  Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex').copy(bytes);
  bytes.writeUInt32LE(30, 16);
  bytes.writeUInt32LE(1, 24);
  return bytes;
};
