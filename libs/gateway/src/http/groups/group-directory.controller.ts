import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  GroupPageDto,
  groupRpc,
  RpcClient,
  SearchQueryDto,
  type Caller,
  type GroupCard,
  type Page,
} from '@dunlin/contracts';
import { CurrentCaller } from '../auth/current-caller.decorator.js';

@ApiTags('groups')
@ApiBearerAuth()
@Controller('group-directory')
export class GroupDirectoryController {
  constructor(private readonly rpc: RpcClient) {}

  /** Open and approval groups by the start of their name. */
  @Get()
  @ApiOkResponse({ type: GroupPageDto })
  search(@CurrentCaller() caller: Caller, @Query() query: SearchQueryDto): Promise<Page<GroupCard>> {
    return this.rpc.call(groupRpc.directory, { ...query }, { caller });
  }
}
