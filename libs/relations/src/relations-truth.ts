import { groupRpc, userRpc, type GroupId, type RpcClient, type UserId } from '@dunlin/contracts';
import type { SetKey } from './sets/set-store.js';

/**
 * Reads one relation from the service that owns it.
 * @throws DunlinError `unavailable` or `timeout` when it cannot answer
 */
export function readTruth(rpc: RpcClient, key: SetKey): Promise<string[]> {
  const id = key.slice(key.indexOf(':') + 1);
  if (key.startsWith('friends:')) return rpc.call(userRpc.friendIds, { userId: id as UserId });
  if (key.startsWith('members:')) return rpc.call(groupRpc.memberIds, { groupId: id as GroupId });
  return rpc.call(groupRpc.groupIds, { userId: id as UserId });
}
