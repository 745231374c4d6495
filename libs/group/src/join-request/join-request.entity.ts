import { InstantColumn, PrimaryId } from '@dunlin/storage';
import { Column, Entity, Index } from 'typeorm';

/** One person's wish to be let in. */
@Entity('group_join_requests', { withoutRowid: true })
@Index('ix_group_join_requests_created', ['groupId', 'createdAt', 'userId'])
export class JoinRequestRow {
  @PrimaryId()
  groupId: string;

  @PrimaryId()
  userId: string;

  @Column({ type: 'varchar', length: 200 })
  message: string;

  @InstantColumn()
  createdAt: number;

  /** Kept after a refusal, so that refusing twice does no harm; asking again clears it. */
  @InstantColumn({ nullable: true })
  rejectedAt: number | null;
}
