import { CountColumn, IdColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One entry of a conversation's log; its place is its key, so a conversation's messages lie side by side. */
@Entity('messages', { withoutRowid: true })
@Index('uq_messages_client_id', ['conversationId', 'senderId', 'clientMsgId'], { unique: true })
export class MessageRow {
  @PrimaryId()
  conversationId: string;

  @PrimaryColumn({ type: 'int' })
  seq: number;

  @IdColumn()
  senderId: string;

  /** For system messages: which change of the group they announce. */
  @IdColumn()
  clientMsgId: string;

  @Column({ type: 'varchar', length: 8 })
  type: string;

  /** JSON, as on the wire. */
  @Column({ type: 'text' })
  content: string;

  @CountColumn({ nullable: true })
  replySeq: number | null;

  /** How many counted messages there are up to this one. */
  @CountColumn()
  counted: number;

  @InstantColumn()
  sentAt: number;
}
