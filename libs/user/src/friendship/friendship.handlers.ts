import { Controller } from '@nestjs/common';
import {
  userRpc,
  type Block,
  type Friend,
  type FriendRequest,
  type Page,
  type RequestOf,
  type UserId,
} from '@dunlin/contracts';
import { RpcHandler } from '@dunlin/transport';
import { FriendRequestsService } from './friend-requests.service.js';
import { FriendsService } from './friends.service.js';

@Controller()
export class FriendshipHandlers {
  constructor(
    private readonly friends: FriendsService,
    private readonly requests: FriendRequestsService,
  ) {}

  @RpcHandler(userRpc.listFriends)
  list({ caller, data }: RequestOf<typeof userRpc.listFriends>): Promise<Page<Friend>> {
    return this.friends.list(caller.userId, data);
  }

  @RpcHandler(userRpc.friendIds)
  ids({ data }: RequestOf<typeof userRpc.friendIds>): Promise<UserId[]> {
    return this.friends.ids(data.userId);
  }

  @RpcHandler(userRpc.removeFriend)
  async remove({ requestId, caller, data }: RequestOf<typeof userRpc.removeFriend>): Promise<null> {
    await this.friends.remove(requestId, caller, data.userId);
    return null;
  }

  @RpcHandler(userRpc.requestFriend)
  request({ requestId, caller, data }: RequestOf<typeof userRpc.requestFriend>): Promise<FriendRequest> {
    return this.requests.create(requestId, caller, data);
  }

  @RpcHandler(userRpc.listFriendRequests)
  listRequests({ caller, data }: RequestOf<typeof userRpc.listFriendRequests>): Promise<Page<FriendRequest>> {
    return this.requests.list(caller.userId, data);
  }

  @RpcHandler(userRpc.acceptFriendRequest)
  accept({ requestId, caller, data }: RequestOf<typeof userRpc.acceptFriendRequest>): Promise<FriendRequest> {
    return this.requests.accept(requestId, caller, data.requestId);
  }

  @RpcHandler(userRpc.declineFriendRequest)
  decline({ requestId, caller, data }: RequestOf<typeof userRpc.declineFriendRequest>): Promise<FriendRequest> {
    return this.requests.decline(requestId, caller, data.requestId);
  }

  @RpcHandler(userRpc.withdrawFriendRequest)
  async withdraw({ requestId, caller, data }: RequestOf<typeof userRpc.withdrawFriendRequest>): Promise<null> {
    await this.requests.withdraw(requestId, caller, data.requestId);
    return null;
  }

  @RpcHandler(userRpc.listBlocks)
  blocks({ caller, data }: RequestOf<typeof userRpc.listBlocks>): Promise<Page<Block>> {
    return this.friends.listBlocks(caller.userId, data);
  }

  @RpcHandler(userRpc.block)
  async block({ requestId, caller, data }: RequestOf<typeof userRpc.block>): Promise<null> {
    await this.friends.block(requestId, caller, data.userId);
    return null;
  }

  @RpcHandler(userRpc.unblock)
  async unblock({ requestId, caller, data }: RequestOf<typeof userRpc.unblock>): Promise<null> {
    await this.friends.unblock(requestId, caller, data.userId);
    return null;
  }
}
