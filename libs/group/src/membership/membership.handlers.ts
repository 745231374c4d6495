import { Controller } from '@nestjs/common';
import {
  groupRpc,
  type AddResult,
  type GroupCard,
  type MemberRecord,
  type Page,
  type RequestOf,
} from '@dunlin/contracts';
import { RpcHandler } from '@dunlin/transport';
import { MembershipService } from './membership.service.js';
import { RolesService } from './roles.service.js';
import { RosterService } from './roster.service.js';

@Controller()
export class MembershipHandlers {
  constructor(
    private readonly membership: MembershipService,
    private readonly roles: RolesService,
    private readonly roster: RosterService,
  ) {}

  @RpcHandler(groupRpc.join)
  join(request: RequestOf<typeof groupRpc.join>): Promise<{ status: 'joined' | 'pending' }> {
    return this.membership.join(request);
  }

  @RpcHandler(groupRpc.leave)
  leave(request: RequestOf<typeof groupRpc.leave>): Promise<null> {
    return this.membership.leave(request);
  }

  @RpcHandler(groupRpc.members)
  members(request: RequestOf<typeof groupRpc.members>): Promise<Page<MemberRecord>> {
    return this.roster.list(request);
  }

  @RpcHandler(groupRpc.addMembers)
  addMembers(request: RequestOf<typeof groupRpc.addMembers>): Promise<AddResult> {
    return this.membership.addMembers(request);
  }

  @RpcHandler(groupRpc.kick)
  kick(request: RequestOf<typeof groupRpc.kick>): Promise<null> {
    return this.membership.kick(request);
  }

  @RpcHandler(groupRpc.updateMember)
  updateMember(request: RequestOf<typeof groupRpc.updateMember>): Promise<MemberRecord> {
    return this.roles.updateMember(request);
  }

  @RpcHandler(groupRpc.transfer)
  transfer(request: RequestOf<typeof groupRpc.transfer>): Promise<GroupCard> {
    return this.roles.transfer(request);
  }
}
