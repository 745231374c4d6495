import type { Caller, SendCommand } from '@dunlin/contracts';

export interface PendingSend {
  command: SendCommand;
  caller: Caller;
  /** It is answered with what is stored under its id, and not stored now: see {@link ConversationLog.send}. */
  lookUpOnly?: boolean;
}

/** Tells one send from all others: what comes again has the same. */
export const keyOf = ({ command, caller }: PendingSend): string =>
  sendKey(command.conversationId, caller.userId, command.clientMsgId);

export const sendKey = (conversationId: string, senderId: string, clientMsgId: string): string =>
  `${conversationId}|${senderId}|${clientMsgId}`;

/** Who sends where. */
export const seatOf = ({ command, caller }: PendingSend): string => seatKey(command.conversationId, caller.userId);

export const seatKey = (conversationId: string, userId: string): string => `${conversationId}|${userId}`;
