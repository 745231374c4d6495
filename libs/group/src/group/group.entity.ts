import { CountColumn, IdColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import type { JoinPolicy } from '@dunlin/contracts';
import { Column, Entity, Index } from 'typeorm';

/** One group. Its row is the lock under which everything about the group changes. */
// not `groups`: MySQL 8 keeps that word for itself
@Entity('chat_groups', { withoutRowid: true })
@Index('ix_chat_groups_name', ['nameKey', 'id'])
export class GroupRow {
  @PrimaryId()
  id: string;

  @Column({ type: 'varchar', length: 64 })
  name: string;

  /** See nameKey(): what the directory searches. */
  @Column({ type: 'varchar', length: 128 })
  nameKey: string;

  @Column({ type: 'varchar', length: 8 })
  joinPolicy: JoinPolicy;

  @IdColumn()
  ownerId: string;

  @IdColumn({ nullable: true })
  avatarMediaId: string | null;

  @CountColumn({ default: 0 })
  memberCount: number;

  /** Counts the changes; the group's conversation takes them in this order. */
  @InstantColumn({ default: 0 })
  version: number;

  @InstantColumn()
  createdAt: number;

  /** Set once; the members' rows stay, since the dissolving is told to them later. */
  @InstantColumn({ nullable: true })
  dissolvedAt: number | null;
}
