import { InstantColumn, PrimaryId } from '@dunlin/storage';
import type { Role } from '@dunlin/contracts';
import { Column, Entity, Index } from 'typeorm';

/** One person in one group. */
@Entity('group_members', { withoutRowid: true })
@Index('ix_group_members_joined', ['groupId', 'joinedAt', 'userId'])
@Index('ix_group_members_user', ['userId', 'joinedAt', 'groupId'])
export class GroupMemberRow {
  @PrimaryId()
  groupId: string;

  @PrimaryId()
  userId: string;

  @Column({ type: 'varchar', length: 8 })
  role: Role;

  @InstantColumn({ nullable: true })
  mutedUntil: number | null;

  @InstantColumn()
  joinedAt: number;
}

/** The silence of somebody who left before its end: leaving and coming back does not end it. */
@Entity('group_mutes', { withoutRowid: true })
export class GroupMuteRow {
  @PrimaryId()
  groupId: string;

  @PrimaryId()
  userId: string;

  @InstantColumn()
  mutedUntil: number;
}
