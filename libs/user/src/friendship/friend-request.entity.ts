import { IdColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import { Column, Entity, Index } from 'typeorm';

@Entity('friend_requests')
@Index('ix_friend_requests_to', ['toId', 'status', 'createdAt'])
@Index('ix_friend_requests_from', ['fromId', 'status', 'createdAt'])
export class FriendRequestRow {
  @PrimaryId()
  id: string;

  @IdColumn()
  fromId: string;

  @IdColumn()
  toId: string;

  @Column({ type: 'varchar', length: 200 })
  message: string;

  @Column({ type: 'varchar', length: 16 })
  status: 'pending' | 'accepted' | 'declined';

  @InstantColumn()
  createdAt: number;
}
