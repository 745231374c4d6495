import { OutboxRow, RequestRow } from '@dunlin/storage';
import { Entity } from 'typeorm';

@Entity('group_outbox')
export class GroupOutboxRow extends OutboxRow {}

@Entity('group_requests')
export class GroupRequestRow extends RequestRow {}
