import { CountColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import { Entity, Index } from 'typeorm';

/** One person in one conversation: since when, how far they have read, and how they like it shown. */
@Entity('conversation_members', { withoutRowid: true })
@Index('ix_conversation_members_user', ['userId'])
export class MemberRow {
  @PrimaryId()
  conversationId: string;

  @PrimaryId()
  userId: string;

  /** The first seq that is theirs to see. */
  @CountColumn({ default: 1 })
  joinedSeq: number;

  /** The first seq that is not any more; null for who is here. */
  @CountColumn({ nullable: true })
  leftSeq: number | null;

  @CountColumn({ default: 0 })
  readSeq: number;

  /** ConversationRow.counted as it was at readSeq: the difference is the unread. */
  @CountColumn({ default: 0 })
  readCounted: number;

  @InstantColumn({ nullable: true })
  mutedUntil: number | null;

  /** Their own setting: no notifications. */
  @CountColumn({ default: 0 })
  muted: number;

  @CountColumn({ default: 0 })
  pinned: number;
}
