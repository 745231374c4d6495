import { Module } from '@nestjs/common';
import { LimitsModule } from '../../limits/limits.module.js';
import { GroupDirectoryController } from './group-directory.controller.js';
import { GroupsController } from './groups.controller.js';
import { JoinRequestsController } from './join-requests.controller.js';
import { MembersController } from './members.controller.js';
import { People } from './people.js';

/** Groups over HTTP. Needs a global `RpcClient`, and what {@link LimitsModule} needs. */
@Module({
  imports: [LimitsModule],
  controllers: [GroupsController, MembersController, JoinRequestsController, GroupDirectoryController],
  providers: [People],
})
export class GroupsHttpModule {}
