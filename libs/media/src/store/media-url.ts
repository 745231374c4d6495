import { fileURLToPath } from 'node:url';
import type { MediaStore } from '@dunlin/contracts';
import { LocalMediaStore } from './local-media-store.js';
import { S3MediaStore, type S3Settings } from './s3-media-store.js';

const FLAGS: Record<string, boolean> = { true: true, '1': true, '': true, false: false, '0': false };

/**
 * Reads `s3://[key:secret@]bucket[/prefix]?endpoint=…&region=…&forcePathStyle=true`.
 * @throws Error saying what is wrong, without the address: it may hold a secret.
 */
export function parseS3Url(text: string): S3Settings {
  const url = new URL(text);
  const bucket = url.hostname;
  if (!/^[a-z0-9][a-z0-9.-]{1,62}$/.test(bucket)) throw new Error('MEDIA_URL names no bucket');
  const endpoint = url.searchParams.get('endpoint') ?? undefined;
  if (endpoint !== undefined && !/^https?:\/\//.test(endpoint))
    throw new Error('MEDIA_URL: endpoint must begin with https:// or http://');
  const style = url.searchParams.get('forcePathStyle');
  const forcePathStyle = style === null ? endpoint !== undefined : FLAGS[style];
  if (forcePathStyle === undefined) throw new Error('MEDIA_URL: forcePathStyle must be true or false');
  for (const name of url.searchParams.keys())
    if (!['endpoint', 'region', 'forcePathStyle'].includes(name)) throw new Error('MEDIA_URL has an unknown option');
  if ((url.username === '') !== (url.password === '')) throw new Error('MEDIA_URL has half of the credentials');
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    region: url.searchParams.get('region') ?? 'us-east-1',
    forcePathStyle,
    credentials:
      url.username === ''
        ? undefined
        : { accessKeyId: decodeURIComponent(url.username), secretAccessKey: decodeURIComponent(url.password) },
  };
}

/** `file:./data/media` is relative to the working directory, `file:///var/media` is not. */
export function parseFileUrl(text: string): string {
  if (text.startsWith('file://')) return fileURLToPath(text);
  const path = decodeURIComponent(text.slice('file:'.length));
  if (path === '') throw new Error('MEDIA_URL names no folder');
  return path;
}

/** The store that a MEDIA_URL means. Nothing is connected or made yet. */
export const createMediaStore = (mediaUrl: string): MediaStore =>
  mediaUrl.startsWith('s3:') ? new S3MediaStore(parseS3Url(mediaUrl)) : new LocalMediaStore(parseFileUrl(mediaUrl));
