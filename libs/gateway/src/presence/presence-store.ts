import type { UserId } from '@dunlin/contracts';

/** What a store tells the gateway that uses it. */
export interface PresenceHooks {
  /** What this gateway told is lost: tell all again. */
  lost(): void;
  /** Someone of a gateway that died is connected nowhere now. @param at when that gateway was last heard of, milliseconds */
  abandoned(userId: UserId, at: number): Promise<void>;
}

/**
 * What gateways tell each other about who is connected through them.
 * `arrive`, `leave` and `elsewhere` may throw RedisAway.
 */
export abstract class PresenceStore {
  /** False while telling and asking would fail. */
  abstract get available(): boolean;
  /** The person is connected here. @returns whether through another gateway too */
  abstract arrive(userId: UserId): Promise<boolean>;
  /** The person is connected here no more. @returns whether through another gateway still */
  abstract leave(userId: UserId): Promise<boolean>;
  /** Who of them is connected through another gateway. */
  abstract elsewhere(userIds: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  abstract start(hooks: PresenceHooks): Promise<void>;
  /** Nobody is connected here any more. Never throws. */
  abstract stop(): Promise<void>;
}

/** The only gateway there is, or one that knows of no others. */
export class LonePresenceStore extends PresenceStore {
  get available(): boolean {
    return true;
  }
  async arrive(): Promise<boolean> {
    return false;
  }
  async leave(): Promise<boolean> {
    return false;
  }
  async elsewhere(): Promise<ReadonlySet<UserId>> {
    return new Set();
  }
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
}
