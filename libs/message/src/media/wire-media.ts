import { mediaUrl, thumbnailUrl, type Media, type MediaId } from '@dunlin/contracts';

/** A row of `media` as a query gives it. */
export interface StoredMedia {
  id: string;
  uploaderId: string;
  mime: string;
  size: number | string;
  width: number | null;
  height: number | null;
  blurhash: string | null;
  hasThumbnail: number;
  name: string | null;
}

export const MEDIA_COLUMNS = 'id, uploaderId, mime, size, width, height, blurhash, hasThumbnail, name';

export function toWireMedia(row: StoredMedia): Media {
  const id = row.id as MediaId;
  const media: Media = { id, mime: row.mime, size: Number(row.size), url: mediaUrl(id) };
  if (row.width !== null && row.height !== null) {
    media.width = row.width;
    media.height = row.height;
  }
  if (row.hasThumbnail) media.thumbnailUrl = thumbnailUrl(id);
  if (row.blurhash !== null) media.blurhash = row.blurhash;
  return media;
}
