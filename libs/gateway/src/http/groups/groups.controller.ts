import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import {
  CreateGroupDto,
  GroupCardDto,
  GroupPageDto,
  groupRpc,
  JoinGroupDto,
  JoinResultDto,
  mediaUrl,
  messageRpc,
  PageQueryDto,
  RpcClient,
  TransferGroupDto,
  UpdateGroupDto,
  type Caller,
  type GroupCard,
  type GroupId,
  type MediaId,
  type Page,
  type UserId,
} from '@dunlin/contracts';
import { RateLimits } from '../../limits/rate-limits.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { IdParam } from '../id-param.js';

@ApiTags('groups')
@ApiBearerAuth()
@Controller('groups')
export class GroupsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly limits: RateLimits,
  ) {}

  /** Founds a group; the caller owns it. Asked again with the same `clientGroupId`, it is the same one, as it is now. */
  @Post()
  @HttpCode(201)
  @ApiCreatedResponse({ type: GroupCardDto })
  async create(@CurrentCaller() caller: Caller, @Body() body: CreateGroupDto): Promise<GroupCard> {
    const { name, joinPolicy, memberIds = [], clientGroupId } = body;
    await this.limits.group.take(caller.userId);
    const founding = { name, joinPolicy, memberIds: memberIds as UserId[], clientGroupId };
    return this.rpc.call(groupRpc.create, founding, { caller });
  }

  /** The groups that the caller is in, in the order of joining. */
  @Get()
  @ApiOkResponse({ type: GroupPageDto })
  list(@CurrentCaller() caller: Caller, @Query() query: PageQueryDto): Promise<Page<GroupCard>> {
    return this.rpc.call(groupRpc.listMine, { ...query }, { caller });
  }

  /** One group. Outsiders see the card of an open or approval group; an invite group is `not_found` to them. */
  @Get(':id')
  @ApiOkResponse({ type: GroupCardDto })
  get(@CurrentCaller() caller: Caller, @Param('id', IdParam) groupId: GroupId): Promise<GroupCard> {
    return this.rpc.call(groupRpc.get, { groupId }, { caller });
  }

  /** For admins and the owner. */
  @Patch(':id')
  @ApiOkResponse({ type: GroupCardDto })
  async update(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Body() body: UpdateGroupDto,
  ): Promise<GroupCard> {
    this.limits.change.take(caller.userId);
    const { name, joinPolicy } = body;
    const avatarMediaId = body.avatarMediaId as MediaId | null | undefined;
    if (avatarMediaId !== undefined && avatarMediaId !== null && (await this.isToShow(groupId, avatarMediaId, caller)))
      await this.rpc.call(messageRpc.publishMedia, { mediaId: avatarMediaId }, { caller });
    return this.rpc.call(groupRpc.update, { groupId, name, joinPolicy, avatarMediaId }, { caller });
  }

  /** Dissolves the group; for its owner. */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async dissolve(@CurrentCaller() caller: Caller, @Param('id', IdParam) groupId: GroupId): Promise<void> {
    this.limits.change.take(caller.userId);
    await this.rpc.call(groupRpc.dissolve, { groupId }, { caller });
  }

  /** Comes in, or asks to be let in; a member is in already. */
  @Post(':id/join')
  @HttpCode(200)
  @ApiBody({ type: JoinGroupDto, required: false })
  @ApiOkResponse({ type: JoinResultDto })
  join(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Body() body: JoinGroupDto,
  ): Promise<{ status: 'joined' | 'pending' }> {
    this.limits.change.take(caller.userId);
    return this.rpc.call(groupRpc.join, { groupId, message: body.message }, { caller });
  }

  /** Goes out; the owner must transfer or dissolve the group first. */
  @Post(':id/leave')
  @HttpCode(204)
  @ApiNoContentResponse()
  async leave(@CurrentCaller() caller: Caller, @Param('id', IdParam) groupId: GroupId): Promise<void> {
    this.limits.change.take(caller.userId);
    await this.rpc.call(groupRpc.leave, { groupId }, { caller });
  }

  /** Makes a member the owner; the caller stays as an admin. */
  @Post(':id/transfer')
  @HttpCode(200)
  @ApiOkResponse({ type: GroupCardDto })
  transfer(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) groupId: GroupId,
    @Body() body: TransferGroupDto,
  ): Promise<GroupCard> {
    this.limits.change.take(caller.userId);
    return this.rpc.call(groupRpc.transfer, { groupId, userId: body.userId as UserId }, { caller });
  }

  /**
   * An avatar is for everybody to see: nobody's image becomes that by a request that is refused afterwards. The one
   * that the group has is that already, and need not be the caller's own.
   */
  private async isToShow(groupId: GroupId, avatarMediaId: MediaId, caller: Caller): Promise<boolean> {
    const { myRole, avatarUrl } = await this.rpc.call(groupRpc.get, { groupId }, { caller });
    return (myRole === 'owner' || myRole === 'admin') && avatarUrl !== mediaUrl(avatarMediaId);
  }
}
