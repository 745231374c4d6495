import { Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  BlockPageDto,
  FriendPageDto,
  PageQueryDto,
  RpcClient,
  userRpc,
  type Block,
  type Caller,
  type Friend,
  type Page,
  type UserId,
} from '@dunlin/contracts';
import { RateLimits } from '../../limits/rate-limits.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { IdParam } from '../id-param.js';

@ApiTags('friends')
@ApiBearerAuth()
@Controller()
export class FriendsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly limits: RateLimits,
  ) {}

  @Get('friends')
  @ApiOkResponse({ type: FriendPageDto })
  list(@CurrentCaller() caller: Caller, @Query() query: PageQueryDto): Promise<Page<Friend>> {
    return this.rpc.call(userRpc.listFriends, { ...query }, { caller });
  }

  /** Both sides lose it. */
  @Delete('friends/:userId')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@CurrentCaller() caller: Caller, @Param('userId', IdParam) userId: UserId): Promise<void> {
    this.limits.change.take(caller.userId);
    await this.rpc.call(userRpc.removeFriend, { userId }, { caller });
  }

  @Get('blocks')
  @ApiOkResponse({ type: BlockPageDto })
  blocks(@CurrentCaller() caller: Caller, @Query() query: PageQueryDto): Promise<Page<Block>> {
    return this.rpc.call(userRpc.listBlocks, { ...query }, { caller });
  }

  /** Ends the friendship and stops requests and direct messages both ways. */
  @Put('blocks/:userId')
  @HttpCode(204)
  @ApiNoContentResponse()
  async block(@CurrentCaller() caller: Caller, @Param('userId', IdParam) userId: UserId): Promise<void> {
    this.limits.change.take(caller.userId);
    await this.rpc.call(userRpc.block, { userId }, { caller });
  }

  @Delete('blocks/:userId')
  @HttpCode(204)
  @ApiNoContentResponse()
  async unblock(@CurrentCaller() caller: Caller, @Param('userId', IdParam) userId: UserId): Promise<void> {
    this.limits.change.take(caller.userId);
    await this.rpc.call(userRpc.unblock, { userId }, { caller });
  }
}
