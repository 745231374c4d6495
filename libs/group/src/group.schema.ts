import type { Schema } from '@dunlin/storage';
import { GroupOutboxRow, GroupRequestRow } from './change/outbox.entity.js';
import { FoundingRow } from './group/founding.entity.js';
import { GroupRow } from './group/group.entity.js';
import { JoinRequestRow } from './join-request/join-request.entity.js';
import { GroupMemberRow, GroupMuteRow } from './membership/member.entity.js';
import { GroupInit1790000000002 } from './migrations/1790000000002-init.js';
import { Foundings1798000000002 } from './migrations/1798000000002-foundings.js';
import { GroupFinalSigma1798000000004 } from './migrations/1798000000004-final-sigma.js';

/** The group context's tables. */
export const groupSchema: Schema = {
  entities: [GroupRow, FoundingRow, GroupMemberRow, GroupMuteRow, JoinRequestRow, GroupOutboxRow, GroupRequestRow],
  migrations: [GroupInit1790000000002, Foundings1798000000002, GroupFinalSigma1798000000004],
};
