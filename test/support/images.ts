import sharp from 'sharp';

/** A real photograph-like picture: smooth colours and some grain. */
export function picture(format: 'png' | 'jpeg' | 'webp' | 'gif' = 'png', width = 640, height = 480): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      pixels[i++] = (x * 255) / width;
      pixels[i++] = (y * 255) / height;
      pixels[i++] = 128 + ((x * 7 + y * 13) % 32);
    }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

/** A JPEG that says where it was taken. */
export async function photographWithPosition(): Promise<Buffer> {
  return sharp(await picture('jpeg'))
    .withExif({
      IFD0: { Make: 'Dunlin Optics', Copyright: 'secret owner' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '51/1 30/1 3230/100',
        GPSLongitudeRef: 'W',
        GPSLongitude: '0/1 7/1 0/1',
      },
    })
    .jpeg()
    .toBuffer();
}

export const dataUri = (bytes: Buffer, mime = 'image/png'): string => `data:${mime};base64,${bytes.toString('base64')}`;
