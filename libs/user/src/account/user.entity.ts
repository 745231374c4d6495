import { CountColumn, IdColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import { Column, Entity, Index } from 'typeorm';

@Entity('users')
@Index('uq_users_username_key', ['usernameKey'], { unique: true })
@Index('ix_users_name_key', ['nameKey', 'id'])
export class UserRow {
  @PrimaryId()
  id: string;

  /** As chosen. */
  @Column({ type: 'varchar', length: 32 })
  username: string;

  /** In lower case: one name, one person, however it is written. */
  @Column({ type: 'varchar', length: 32 })
  usernameKey: string;

  @Column({ type: 'varchar', length: 64 })
  displayName: string;

  /** For searching without regard to case. */
  @Column({ type: 'varchar', length: 255 })
  nameKey: string;

  @IdColumn({ nullable: true })
  avatarMediaId: string | null;

  /** argon2id, in the PHC string format. */
  @Column({ type: 'varchar', length: 255 })
  passwordHash: string;

  @InstantColumn()
  createdAt: number;

  @InstantColumn({ nullable: true })
  lastSeenAt: number | null;

  /** Locked and counted up by what must not overlap, such as two password changes. */
  @CountColumn({ default: 0 })
  version: number;
}
