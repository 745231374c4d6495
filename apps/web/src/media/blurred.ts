import { decode, isBlurhashValid } from 'blurhash';

const SIDE = 24;
const drawn = new Map<string, string | null>();
const MAX = 500;

/** A blurhash as a tiny picture; null for what is none. @returns a `data:` address */
export function blurred(hash: string): string | null {
  const known = drawn.get(hash);
  if (known !== undefined) return known;
  const url = draw(hash);
  if (drawn.size >= MAX) drawn.clear();
  drawn.set(hash, url);
  return url;
}

function draw(hash: string): string | null {
  if (!isBlurhashValid(hash).result) return null;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext('2d');
  if (!context) return null;
  const image = context.createImageData(SIDE, SIDE);
  image.data.set(decode(hash, SIDE, SIDE));
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
