import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  groupRpc,
  JoinRequestPageDto,
  PageQueryDto,
  RpcClient,
  type Caller,
  type GroupId,
  type JoinRequest,
  type Page,
  type UserId,
} from '@dunlin/contracts';
import { RateLimits } from '../../limits/rate-limits.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { IdParam } from '../id-param.js';
import { People } from './people.js';

/** For admins and the owner of a group. */
@ApiTags('groups')
@ApiBearerAuth()
@Controller('groups/:id/join-requests')
export class JoinRequestsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly people: People,
    private readonly limits: RateLimits,
  ) {}

  /** Who waits to be let in, oldest first. */
  @Get()
  @ApiOkResponse({ type: JoinRequestPageDto })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Query() query: PageQueryDto,
  ): Promise<Page<JoinRequest>> {
    const page = await this.rpc.call(groupRpc.listJoinRequests, { groupId, ...query }, { caller });
    return { items: await this.people.join(page.items), nextCursor: page.nextCursor };
  }

  /** Lets somebody in; harmless twice. */
  @Post(':userId/approve')
  @HttpCode(204)
  @ApiNoContentResponse()
  async approve(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Param('userId', IdParam) userId: UserId,
  ): Promise<void> {
    this.limits.change.take(caller.userId);
    await this.rpc.call(groupRpc.approveJoin, { groupId, userId }, { caller });
  }

  /** Turns somebody away, who may ask again; harmless twice. */
  @Post(':userId/reject')
  @HttpCode(204)
  @ApiNoContentResponse()
  async reject(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Param('userId', IdParam) userId: UserId,
  ): Promise<void> {
    this.limits.change.take(caller.userId);
    await this.rpc.call(groupRpc.rejectJoin, { groupId, userId }, { caller });
  }
}
