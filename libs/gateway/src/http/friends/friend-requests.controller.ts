import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  CreateFriendRequestDto,
  FriendRequestDto,
  FriendRequestPageDto,
  FriendRequestQueryDto,
  invalid,
  RpcClient,
  userRpc,
  type Caller,
  type FriendRequest,
  type Page,
  type UserId,
} from '@dunlin/contracts';
import { RateLimits } from '../../limits/rate-limits.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { IdParam } from '../id-param.js';

@ApiTags('friends')
@ApiBearerAuth()
@Controller('friend-requests')
export class FriendRequestsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly limits: RateLimits,
  ) {}

  /** Asks; a request that crosses one from the other side makes both friends at once. */
  @Post()
  @ApiCreatedResponse({ type: FriendRequestDto })
  async create(@CurrentCaller() caller: Caller, @Body() body: CreateFriendRequestDto): Promise<FriendRequest> {
    const { userId, username, message = '' } = body;
    if (userId !== undefined && username !== undefined)
      throw invalid('username', 'name exactly one of userId and username');
    await this.limits.friendRequest.take(caller.userId);
    return this.rpc.call(userRpc.requestFriend, { userId: userId as UserId, username, message }, { caller });
  }

  /** Those that are pending, newest first. */
  @Get()
  @ApiOkResponse({ type: FriendRequestPageDto })
  list(@CurrentCaller() caller: Caller, @Query() query: FriendRequestQueryDto): Promise<Page<FriendRequest>> {
    return this.rpc.call(userRpc.listFriendRequests, { ...query }, { caller });
  }

  @Post(':id/accept')
  @HttpCode(200)
  @ApiOkResponse({ type: FriendRequestDto })
  accept(@CurrentCaller() caller: Caller, @Param('id', IdParam) id: string): Promise<FriendRequest> {
    this.limits.change.take(caller.userId);
    return this.rpc.call(userRpc.acceptFriendRequest, { requestId: id }, { caller });
  }

  @Post(':id/decline')
  @HttpCode(200)
  @ApiOkResponse({ type: FriendRequestDto })
  decline(@CurrentCaller() caller: Caller, @Param('id', IdParam) id: string): Promise<FriendRequest> {
    this.limits.change.take(caller.userId);
    return this.rpc.call(userRpc.declineFriendRequest, { requestId: id }, { caller });
  }

  /** The sender takes it back. */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async withdraw(@CurrentCaller() caller: Caller, @Param('id', IdParam) id: string): Promise<void> {
    this.limits.change.take(caller.userId);
    await this.rpc.call(userRpc.withdrawFriendRequest, { requestId: id }, { caller });
  }
}
