import { Injectable } from '@nestjs/common';
import { RpcClient, userRpc, type User, type UserId } from '@dunlin/contracts';

/** Puts profiles in the place of ids. */
@Injectable()
export class People {
  constructor(private readonly rpc: RpcClient) {}

  /** The records with `user` instead of `userId`, in their order; who is not known is left out. */
  async join<T extends { userId: UserId }>(records: readonly T[]): Promise<(Omit<T, 'userId'> & { user: User })[]> {
    if (records.length === 0) return [];
    const users = await this.rpc.call(userRpc.byIds, { userIds: records.map((record) => record.userId) });
    const byId = new Map(users.map((user) => [user.id, user]));
    return records.flatMap(({ userId, ...rest }) => {
      const user = byId.get(userId);
      return user ? [{ user, ...rest }] : [];
    });
  }
}
