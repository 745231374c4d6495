import { CountColumn, IdColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import { Column, Entity } from 'typeorm';

/** One conversation and the head of its log. */
@Entity('conversations', { withoutRowid: true })
export class ConversationRow {
  @PrimaryId()
  id: string;

  @Column({ type: 'varchar', length: 8 })
  type: 'direct' | 'group';

  /** The two of a direct conversation, lower id first. */
  @IdColumn({ nullable: true })
  lowId: string | null;

  @IdColumn({ nullable: true })
  highId: string | null;

  @CountColumn({ default: 0 })
  lastSeq: number;

  /** How many of the messages count as unread for somebody: all but the system's. */
  @CountColumn({ default: 0 })
  counted: number;

  /** Of the membership (group) or of the tie (direct). */
  @InstantColumn({ default: 0 })
  version: number;

  @CountColumn({ default: 0 })
  friends: number;

  /** The lower one has blocked the higher, and the reverse. */
  @CountColumn({ default: 0 })
  lowBlocked: number;

  @CountColumn({ default: 0 })
  highBlocked: number;

  /** The group was dissolved. */
  @CountColumn({ default: 0 })
  closed: number;

  @InstantColumn()
  createdAt: number;

  /** Time of the newest message. */
  @InstantColumn()
  updatedAt: number;
}
