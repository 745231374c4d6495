import { createHash } from 'node:crypto';
import type { MediaId, Variant } from '@dunlin/contracts';

const ID = /^[A-Za-z0-9_-]{1,64}$/;

export const isObjectId = (id: string): boolean => ID.test(id);

/**
 * Where an object lies below its store's root, with `/` between the parts: two levels of folders, 65,536 in all. They
 * come from a hash, since ids made at one time begin alike and would all land in one folder.
 * @throws RangeError when the id could mean another place.
 */
export function objectName(id: MediaId, variant: Variant): string {
  if (!isObjectId(id)) throw new RangeError('Not a media id');
  const hash = createHash('sha256').update(id).digest('hex');
  return `${hash.slice(0, 2)}/${hash.slice(2, 4)}/${id}.${variant}`;
}
