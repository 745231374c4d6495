import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  AddMembersDto,
  AddResultDto,
  DunlinError,
  groupRpc,
  MemberDto,
  MemberPageDto,
  PageQueryDto,
  RpcClient,
  UpdateMemberDto,
  type AddResult,
  type Caller,
  type GroupId,
  type Member,
  type Page,
  type UserId,
} from '@dunlin/contracts';
import { RateLimits } from '../../limits/rate-limits.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { IdParam } from '../id-param.js';
import { People } from './people.js';

@ApiTags('groups')
@ApiBearerAuth()
@Controller('groups/:id/members')
export class MembersController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly people: People,
    private readonly limits: RateLimits,
  ) {}

  /** The members, in the order of joining; for members. */
  @Get()
  @ApiOkResponse({ type: MemberPageDto })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Query() query: PageQueryDto,
  ): Promise<Page<Member>> {
    const page = await this.rpc.call(groupRpc.members, { groupId, ...query }, { caller });
    return { items: await this.people.join(page.items), nextCursor: page.nextCursor };
  }

  /** Adds friends of the caller's; for admins and the owner. */
  @Post()
  @HttpCode(200)
  @ApiOkResponse({ type: AddResultDto })
  add(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Body() body: AddMembersDto,
  ): Promise<AddResult> {
    this.limits.change.take(caller.userId);
    return this.rpc.call(groupRpc.addMembers, { groupId, userIds: body.userIds as UserId[] }, { caller });
  }

  /** Kicks. Admins act on members, the owner on all; nobody on themselves or upwards. */
  @Delete(':userId')
  @HttpCode(204)
  @ApiNoContentResponse()
  async kick(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Param('userId', IdParam) userId: UserId,
  ): Promise<void> {
    this.limits.change.take(caller.userId);
    await this.rpc.call(groupRpc.kick, { groupId, userId }, { caller });
  }

  /** Changes a role (the owner does) or silences somebody for a while. */
  @Patch(':userId')
  @ApiOkResponse({ type: MemberDto })
  async update(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Param('userId', IdParam) userId: UserId,
    @Body() { role, mutedUntil }: UpdateMemberDto,
  ): Promise<Member> {
    this.limits.change.take(caller.userId);
    const record = await this.rpc.call(groupRpc.updateMember, { groupId, userId, role, mutedUntil }, { caller });
    const [member] = await this.people.join([record]);
    if (!member) throw new DunlinError('not_found');
    return member;
  }
}
