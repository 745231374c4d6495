import { OutboxRow, RequestRow, type Schema } from '@dunlin/storage';
import { Entity } from 'typeorm';
import { UserRow } from './account/user.entity.js';
import { FriendRequestRow } from './friendship/friend-request.entity.js';
import { TieRow } from './friendship/tie.entity.js';
import { UserInit1790000000001 } from './migrations/1790000000001-init.js';
import { RefreshId1797700000001 } from './migrations/1797700000001-refresh-id.js';
import { UserFinalSigma1798000000001 } from './migrations/1798000000001-final-sigma.js';
import { SessionRow } from './session/session.entity.js';

@Entity('user_outbox')
export class UserOutboxRow extends OutboxRow {}

@Entity('user_requests')
export class UserRequestRow extends RequestRow {}

/** The user context's tables. */
export const userSchema: Schema = {
  entities: [UserRow, SessionRow, FriendRequestRow, TieRow, UserOutboxRow, UserRequestRow],
  migrations: [UserInit1790000000001, RefreshId1797700000001, UserFinalSigma1798000000001],
};
