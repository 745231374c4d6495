import { createHash } from 'node:crypto';
import { DunlinError } from '@dunlin/contracts';
import { addressKey } from './client-address.js';
import type { WindowLimiter } from './window-limiter.js';

/**
 * Failed sign-ins, by address and by address and username. An attempt is counted before it is made and taken back
 * unless the password was wrong: counted after, any number of guesses made at once would all pass.
 */
export class LoginLimit {
  constructor(
    private readonly ofAccount: WindowLimiter,
    private readonly ofAddress: WindowLimiter,
    private readonly on: boolean,
  ) {}

  /**
   * Makes the attempt, if it may be made.
   * @param signIn throws DunlinError `invalid_credentials` for a wrong name or password, which is what counts
   * @throws DunlinError `rate_limited`, and whatever `signIn` throws
   */
  async guard<T>(ip: string, username: string, signIn: () => Promise<T>): Promise<T> {
    if (!this.on) return signIn();
    const address = addressKey(ip);
    const account = accountKey(address, username);
    await this.take(this.ofAddress, address);
    try {
      await this.take(this.ofAccount, account);
    } catch (error) {
      await this.ofAddress.giveBack(address);
      throw error;
    }
    try {
      const result = await signIn();
      await this.giveBack(address, account);
      return result;
    } catch (error) {
      if (!(error instanceof DunlinError && error.code === 'invalid_credentials'))
        await this.giveBack(address, account);
      throw error;
    }
  }

  private async take(limiter: WindowLimiter, key: string): Promise<void> {
    const retryAfterMs = await limiter.take(key);
    if (retryAfterMs > 0) throw new DunlinError('rate_limited', { retryAfterMs });
  }

  private async giveBack(address: string, account: string): Promise<void> {
    await Promise.all([this.ofAddress.giveBack(address), this.ofAccount.giveBack(account)]);
  }
}

/** Usernames are equal without regard to case, and what was sent need not be one: hence the hash. */
const accountKey = (address: string, username: string): string =>
  `${address}|${createHash('sha256').update(username.toLowerCase()).digest('base64url').slice(0, 22)}`;
