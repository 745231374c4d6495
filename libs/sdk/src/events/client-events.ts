import type { FriendRequest, GroupCard, LeaveReason, Message, User } from '@dunlin/contracts/wire';
import type { DunlinError } from '../errors/dunlin-error.js';
import type { EndReason } from '../session/stored-session.js';

/** What a client tells its listeners, besides the observables. */
export interface ClientEvents {
  /**
   * A message that was not there before, one's own from other devices included. In a conversation they come in order and
   * each once, whether pushed or fetched after a disconnect; what came first with the conversation itself is not told.
   */
  message: Message;
  /** One's own message is stored; `key` is what `send` returned. */
  'message:stored': { key: string; message: Message };
  /** The server refused one's own message. It stays in its timeline as `failed`. */
  'message:failed': { key: string; error: DunlinError };
  'conversation:read': { conversationId: string; userId: string; seq: number };
  'friend:request': FriendRequest;
  'friend:added': { user: User };
  'friend:removed': { userId: string };
  /** A request was sent, withdrawn or declined, or a block made or ended, here or on another device: ask again. */
  'friend:changed': { userId: string };
  'group:updated': GroupCard;
  'group:joined': GroupCard;
  /**
   * `reason`: `unknown` when this device was away and found out when it came back. `group`: as it was known here, undefined
   * if it was not.
   */
  'group:left': { groupId: string; reason: LeaveReason | 'unknown'; group?: GroupCard };
  /** For who may answer: how many now wait to be let into a group. Who is let in is told by `group:updated`. */
  'group:requests': { groupId: string; waiting: number };
  /** A friend's or fellow member's profile has changed; conversations show it already. */
  'profile:updated': User;
  /** This device's session is over, by its own sign-out or without. */
  'session:ended': { reason: EndReason };
}
