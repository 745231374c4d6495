import { CountColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import { Entity, Index } from 'typeorm';

/** Two people towards each other, lower id first. Its row is the lock for everything between the two. */
@Entity('ties', { withoutRowid: true })
@Index('ix_ties_high', ['highId'])
export class TieRow {
  @PrimaryId()
  lowId: string;

  @PrimaryId()
  highId: string;

  @InstantColumn({ nullable: true })
  friendsSince: number | null;

  /** Since when the lower one blocks the higher, and the reverse. */
  @InstantColumn({ nullable: true })
  lowBlockedAt: number | null;

  @InstantColumn({ nullable: true })
  highBlockedAt: number | null;

  /** Counts the changes: the message context believes the highest. */
  @CountColumn({ default: 0 })
  version: number;
}
