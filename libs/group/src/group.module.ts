import { Module } from '@nestjs/common';
import { StorageModule } from '@dunlin/storage';
import { ChangeDelivery } from './change/change-delivery.js';
import { GroupChanges } from './change/group-changes.js';
import { GroupOutboxRow, GroupRequestRow } from './change/outbox.entity.js';
import { Foundings } from './group/foundings.js';
import { GroupDirectory } from './group/group-directory.js';
import { GroupHandlers } from './group/group.handlers.js';
import { GroupsService } from './group/groups.service.js';
import { JoinRequestHandlers } from './join-request/join-request.handlers.js';
import { JoinRequestsService } from './join-request/join-requests.service.js';
import { WaitingNews } from './join-request/waiting-news.js';
import { MembershipHandlers } from './membership/membership.handlers.js';
import { MembershipService } from './membership/membership.service.js';
import { RolesService } from './membership/roles.service.js';
import { RosterService } from './membership/roster.service.js';

/** Groups: who is in them, who may do what, and who wants in. */
@Module({
  imports: [StorageModule.forContext({ outbox: GroupOutboxRow, requests: GroupRequestRow })],
  controllers: [GroupHandlers, MembershipHandlers, JoinRequestHandlers],
  providers: [
    GroupChanges,
    ChangeDelivery,
    GroupDirectory,
    Foundings,
    GroupsService,
    MembershipService,
    RolesService,
    RosterService,
    JoinRequestsService,
    WaitingNews,
  ],
})
export class GroupModule {}
