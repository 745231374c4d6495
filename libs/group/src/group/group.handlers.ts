import { Controller } from '@nestjs/common';
import { groupRpc, type GroupCard, type GroupId, type Page, type RequestOf, type UserId } from '@dunlin/contracts';
import { RpcHandler } from '@dunlin/transport';
import { GroupDirectory } from './group-directory.js';
import { GroupsService } from './groups.service.js';

@Controller()
export class GroupHandlers {
  constructor(
    private readonly groups: GroupsService,
    private readonly directory: GroupDirectory,
  ) {}

  @RpcHandler(groupRpc.create)
  create(request: RequestOf<typeof groupRpc.create>): Promise<GroupCard> {
    return this.groups.create(request);
  }

  @RpcHandler(groupRpc.update)
  update(request: RequestOf<typeof groupRpc.update>): Promise<GroupCard> {
    return this.groups.update(request);
  }

  @RpcHandler(groupRpc.dissolve)
  dissolve(request: RequestOf<typeof groupRpc.dissolve>): Promise<null> {
    return this.groups.dissolve(request);
  }

  @RpcHandler(groupRpc.listMine)
  listMine({ data, caller }: RequestOf<typeof groupRpc.listMine>): Promise<Page<GroupCard>> {
    return this.directory.mine(caller.userId, data);
  }

  @RpcHandler(groupRpc.get)
  get({ data, caller }: RequestOf<typeof groupRpc.get>): Promise<GroupCard> {
    return this.directory.get(data.groupId, caller.userId);
  }

  @RpcHandler(groupRpc.directory)
  search({ data, caller }: RequestOf<typeof groupRpc.directory>): Promise<Page<GroupCard>> {
    return this.directory.search(caller.userId, data);
  }

  @RpcHandler(groupRpc.cards)
  cards({ data }: RequestOf<typeof groupRpc.cards>): Promise<GroupCard[]> {
    return this.directory.cards(data.viewerId, data.groupIds);
  }

  @RpcHandler(groupRpc.memberIds)
  memberIds({ data }: RequestOf<typeof groupRpc.memberIds>): Promise<UserId[]> {
    return this.directory.memberIds(data.groupId);
  }

  @RpcHandler(groupRpc.groupIds)
  groupIds({ data }: RequestOf<typeof groupRpc.groupIds>): Promise<GroupId[]> {
    return this.directory.groupIds(data.userId);
  }
}
