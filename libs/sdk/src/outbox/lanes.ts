import type { SendTarget } from '@dunlin/contracts/wire';
import { sha256 } from '../platform/sha256.js';

/**
 * The conversation that a target names, whether or not this client has heard of it: known by another name than before it
 * would have two lanes at once, and its messages no order.
 * @param me who sends
 */
export function conversationOf({ conversationId = '', toUserId, toGroupId }: SendTarget, me: string): string {
  if (toUserId !== undefined) return `d${sha256([me, toUserId].sort().join('|')).slice(0, 32)}`;
  return toGroupId === undefined ? conversationId : `g${toGroupId}`;
}
