import { IdColumn, InstantColumn, PrimaryId } from '@dunlin/storage';
import { Entity } from 'typeorm';

/** What a founder called the founding of a group, kept for ever: asked again, there is one group. */
@Entity('group_foundings', { withoutRowid: true })
export class FoundingRow {
  @PrimaryId()
  founderId: string;

  @PrimaryId()
  clientGroupId: string;

  @IdColumn()
  groupId: string;

  /** Of what was asked for: names and members change, but the same id is for the same founding. */
  @IdColumn()
  digest: string;

  @InstantColumn()
  createdAt: number;
}
