import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  messageRpc,
  RpcClient,
  SearchQueryDto,
  UpdateMeDto,
  UserDto,
  UserPageDto,
  userRpc,
  type Caller,
  type MediaId,
  type Page,
  type User,
  type UserId,
} from '@dunlin/contracts';
import { RateLimits } from '../../limits/rate-limits.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { IdParam } from '../id-param.js';

@ApiTags('users')
@ApiBearerAuth()
@Controller('users')
export class UsersController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly limits: RateLimits,
  ) {}

  @Get('me')
  @ApiOkResponse({ type: UserDto })
  me(@CurrentCaller() caller: Caller): Promise<User> {
    return this.rpc.call(userRpc.me, {}, { caller });
  }

  @Patch('me')
  @ApiOkResponse({ type: UserDto })
  async updateMe(@CurrentCaller() caller: Caller, @Body() body: UpdateMeDto): Promise<User> {
    await this.limits.profile.take(caller.userId);
    const avatarMediaId = body.avatarMediaId as MediaId | null | undefined;
    if (typeof avatarMediaId === 'string')
      await this.rpc.call(messageRpc.publishMedia, { mediaId: avatarMediaId }, { caller });
    return this.rpc.call(userRpc.updateMe, { displayName: body.displayName, avatarMediaId }, { caller });
  }

  /** By the start of username or display name. */
  @Get()
  @ApiOkResponse({ type: UserPageDto })
  search(@CurrentCaller() caller: Caller, @Query() query: SearchQueryDto): Promise<Page<User>> {
    return this.rpc.call(userRpc.search, { ...query }, { caller });
  }

  @Get(':id')
  @ApiOkResponse({ type: UserDto })
  get(@CurrentCaller() caller: Caller, @Param('id', IdParam) id: UserId): Promise<User> {
    return this.rpc.call(userRpc.get, { userId: id }, { caller });
  }
}
