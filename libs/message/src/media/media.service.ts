import { Injectable } from '@nestjs/common';
import { DunlinError, type Media, type MediaId, type MediaRecord, type UserId } from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';
import { Database, insertIgnore } from '@dunlin/storage';
import { READABLE } from '../conversation/views.js';
import type { MediaRow } from './media.entity.js';
import { MEDIA_COLUMNS, toWireMedia } from './wire-media.js';

/** What is known about uploads and who may see them. */
@Injectable()
export class MediaService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** Registering the same upload again is harmless. @throws DunlinError `conflict` for an id of somebody else's */
  async register(record: MediaRecord, uploaderId: UserId): Promise<Media> {
    await this.db.transaction((tx) =>
      tx.query(
        `${insertIgnore(this.db.dialect)} INTO media (id, uploaderId, mime, size, width, height, blurhash, hasThumbnail, name, createdAt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          record.id,
          uploaderId,
          record.mime,
          record.size,
          record.width ?? null,
          record.height ?? null,
          record.blurhash ?? null,
          record.hasThumbnail ? 1 : 0,
          record.name ?? null,
          this.clock.now(),
        ],
      ),
    );
    const row = await this.row(record.id);
    if (row?.uploaderId !== uploaderId) throw new DunlinError('conflict');
    return toWireMedia(row);
  }

  /** @throws DunlinError `not_found` unless the caller uploaded it, can read a message with it, or it is an avatar */
  async find(id: MediaId, userId: UserId): Promise<MediaRecord> {
    const row = await this.row(id);
    if (!row) throw new DunlinError('not_found');
    const allowed = row.uploaderId === userId || row.avatar === 1 || (await this.isInReach(id, userId));
    if (!allowed) throw new DunlinError('not_found');
    const record: MediaRecord = {
      id,
      mime: row.mime,
      size: Number(row.size),
      hasThumbnail: row.hasThumbnail === 1,
    };
    if (row.width !== null) record.width = row.width;
    if (row.height !== null) record.height = row.height;
    if (row.blurhash !== null) record.blurhash = row.blurhash;
    return record;
  }

  /** @throws DunlinError `not_found` for what is not the caller's, `unsupported_media` for what is no image */
  async publish(id: MediaId, userId: UserId): Promise<void> {
    const row = await this.row(id);
    if (row?.uploaderId !== userId) throw new DunlinError('not_found');
    if (row.width === null) throw new DunlinError('unsupported_media');
    await this.db.transaction((tx) => tx.query('UPDATE media SET avatar = 1 WHERE id = ?', [id]));
  }

  private async row(id: string): Promise<MediaRow | undefined> {
    const [row] = await this.db.query<MediaRow>(`SELECT ${MEDIA_COLUMNS}, avatar FROM media WHERE id = ?`, [id]);
    return row;
  }

  private async isInReach(id: MediaId, userId: UserId): Promise<boolean> {
    const rows = await this.db.query(
      `SELECT 1 AS found FROM message_media r JOIN conversations c ON c.id = r.conversationId
       LEFT JOIN conversation_members m ON m.conversationId = r.conversationId AND m.userId = ?
       WHERE r.mediaId = ? AND ${READABLE} AND (c.type = 'direct' OR r.seq >= m.joinedSeq) LIMIT 1`,
      [userId, id, userId],
    );
    return rows.length > 0;
  }
}
