import { CountColumn, IdColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import { Column, Entity, Index } from 'typeorm';

/** One sign-in on one device: a family of refresh tokens, of which the newest generation is good. */
@Entity('sessions')
@Index('ix_sessions_user', ['userId'])
export class SessionRow {
  @PrimaryId()
  id: string;

  @IdColumn()
  userId: string;

  @CountColumn({ default: 1 })
  generation: number;

  /** What the client called the refresh that made this generation. */
  @IdColumn({ nullable: true })
  refreshId: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  device: string | null;

  @InstantColumn()
  createdAt: number;

  @InstantColumn()
  lastUsedAt: number;

  @InstantColumn()
  expiresAt: number;

  @InstantColumn({ nullable: true })
  revokedAt: number | null;

  @Column({ type: 'varchar', length: 32, nullable: true })
  revokeReason: string | null;
}
