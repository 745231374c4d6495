import { DunlinError, userRpc, type RpcClient, type SessionId, type UserId } from '@dunlin/contracts';

/**
 * Asks the user service whether the session holds and is this person's.
 * @throws DunlinError `unavailable` when it cannot tell
 */
export async function askSession(rpc: RpcClient, sessionId: SessionId, userId: UserId): Promise<boolean> {
  try {
    const { active, userId: owner } = await rpc.call(userRpc.sessionStatus, { sessionId });
    return active && owner === userId;
  } catch (error) {
    throw new DunlinError('unavailable', { cause: error });
  }
}
