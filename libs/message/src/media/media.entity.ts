import { CountColumn, IdColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is known about an upload; its bytes are in the media store. */
@Entity('media')
export class MediaRow {
  @PrimaryId()
  id: string;

  @IdColumn()
  uploaderId: string;

  @Column({ type: 'varchar', length: 127 })
  mime: string;

  @InstantColumn()
  size: number;

  @CountColumn({ nullable: true })
  width: number | null;

  @CountColumn({ nullable: true })
  height: number | null;

  @Column({ type: 'varchar', length: 128, nullable: true })
  blurhash: string | null;

  @CountColumn({ default: 0 })
  hasThumbnail: number;

  /** The file's name when it was uploaded: what it is called in a message that does not say. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  name: string | null;

  /** Somebody's or some group's picture: every signed-in person may see it. */
  @CountColumn({ default: 0 })
  avatar: number;

  @InstantColumn()
  createdAt: number;
}

/** Which messages hold an upload: who can read one of them can read it. */
@Entity('message_media', { withoutRowid: true })
export class MessageMediaRow {
  @PrimaryId()
  mediaId: string;

  @PrimaryId()
  conversationId: string;

  @PrimaryColumn({ type: 'int' })
  seq: number;
}
