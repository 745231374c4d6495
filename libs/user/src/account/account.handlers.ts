import { Controller } from '@nestjs/common';
import { userRpc, type AuthResult, type Page, type RequestOf, type Timestamp, type User } from '@dunlin/contracts';
import { RpcHandler } from '@dunlin/transport';
import { AccountsService } from './accounts.service.js';
import { ProfilesService } from './profiles.service.js';

@Controller()
export class AccountHandlers {
  constructor(
    private readonly accounts: AccountsService,
    private readonly profiles: ProfilesService,
  ) {}

  @RpcHandler(userRpc.register)
  register({ requestId, data }: RequestOf<typeof userRpc.register>): Promise<AuthResult> {
    return this.accounts.register(requestId, data);
  }

  @RpcHandler(userRpc.login)
  login({ requestId, data }: RequestOf<typeof userRpc.login>): Promise<AuthResult> {
    return this.accounts.login(requestId, data);
  }

  @RpcHandler(userRpc.changePassword)
  async changePassword({ requestId, caller, data }: RequestOf<typeof userRpc.changePassword>): Promise<null> {
    await this.accounts.changePassword(requestId, caller, data.currentPassword, data.newPassword);
    return null;
  }

  @RpcHandler(userRpc.me)
  me({ caller }: RequestOf<typeof userRpc.me>): Promise<User> {
    return this.profiles.get(caller.userId);
  }

  @RpcHandler(userRpc.updateMe)
  updateMe({ requestId, caller, data }: RequestOf<typeof userRpc.updateMe>): Promise<User> {
    return this.profiles.update(requestId, caller.userId, data);
  }

  @RpcHandler(userRpc.search)
  search({ caller, data }: RequestOf<typeof userRpc.search>): Promise<Page<User>> {
    return this.profiles.search(caller.userId, data);
  }

  @RpcHandler(userRpc.get)
  get({ data }: RequestOf<typeof userRpc.get>): Promise<User> {
    return this.profiles.get(data.userId);
  }

  @RpcHandler(userRpc.byIds)
  byIds({ data }: RequestOf<typeof userRpc.byIds>): Promise<User[]> {
    return this.profiles.byIds(data.userIds);
  }

  @RpcHandler(userRpc.lastSeen)
  lastSeen({ data }: RequestOf<typeof userRpc.lastSeen>): Promise<Record<string, Timestamp | null>> {
    return this.profiles.lastSeen(data.userIds);
  }

  @RpcHandler(userRpc.touch)
  async touch({ data }: RequestOf<typeof userRpc.touch>): Promise<null> {
    await this.profiles.touch(data.userIds, data.at);
    return null;
  }
}
