import { createHash } from 'node:crypto';
import { DunlinError } from '@dunlin/contracts';
import { newId } from '@dunlin/platform';
import { addressKey } from './client-address.js';
import type { InFlight } from './in-flight.js';
import type { WindowLimiter } from './window-limiter.js';

/** How long an attempt waits for others to end before it is refused. Milliseconds. */
const WAIT_MS = 5000;
const LOOK_AGAIN_MS = 200;
/** By address. */
const MAX_WAITING = 256;
const RETRY_MS = 1000;

/** Failures in a window, and the attempts of which nobody knows yet whether they fail. */
export interface FailureCount {
  failures: WindowLimiter;
  inFlight: InFlight;
}

interface Attempt {
  address: string;
  guesses: number;
  /** One of each limit for each of the guesses. */
  counts: { of: FailureCount; key: string; id: string }[];
}

/**
 * Failed sign-ins, by address and by address and username. Failures alone count. But failures counted after they were
 * made would let any number of guesses pass that are made at once: so as many attempts run at a time as may still fail,
 * and the others wait until one of those has ended.
 */
export class LoginLimit {
  private readonly waiting = new Map<string, (() => void)[]>();

  constructor(
    private readonly ofAccount: FailureCount,
    private readonly ofAddress: FailureCount,
    private readonly on: boolean,
  ) {}

  /**
   * Makes the attempt, if it may be made.
   * @param signIn throws DunlinError `invalid_credentials` for a wrong name or password, which is what counts
   * @param guesses how many passwords it tries, each of which counts
   * @throws DunlinError `rate_limited`, and whatever `signIn` throws
   */
  async guard<T>(ip: string, username: string, signIn: () => Promise<T>, guesses = 1): Promise<T> {
    if (!this.on) return signIn();
    const address = addressKey(ip);
    const ids = Array.from({ length: guesses }, () => newId());
    const attempt: Attempt = {
      address,
      guesses,
      counts: ids.flatMap((id) => [
        { of: this.ofAddress, key: address, id },
        { of: this.ofAccount, key: accountKey(address, username), id },
      ]),
    };
    await this.begin(attempt);
    try {
      return await signIn();
    } catch (error) {
      // counted before it leaves: in between it would be counted nowhere
      if (error instanceof DunlinError && error.code === 'invalid_credentials')
        await Promise.all(attempt.counts.map(({ of, key }) => of.failures.add(key)));
      throw error;
    } finally {
      await this.leave(attempt);
      this.waiting.get(address)?.shift()?.();
    }
  }

  private async begin(attempt: Attempt): Promise<void> {
    for (const deadline = performance.now() + WAIT_MS; ;) {
      let room = false;
      try {
        room = await this.hasRoom(attempt);
      } finally {
        if (!room) await this.leave(attempt);
      }
      if (room) return;
      if (performance.now() >= deadline) throw new DunlinError('rate_limited', { retryAfterMs: RETRY_MS });
      await this.untilOneEnds(attempt.address);
    }
  }

  /** Enters, and looks whether all that is under way may fail. @throws DunlinError `rate_limited` after the failures */
  private async hasRoom({ guesses, counts }: Attempt): Promise<boolean> {
    const under = await Promise.all(counts.map(({ of, key, id }) => of.inFlight.enter(key, id)));
    const failed = await Promise.all(counts.map(({ of, key }) => of.failures.look(key)));
    const full = counts.map(({ of }, i) => (failed[i]!.count + guesses > of.failures.points ? failed[i]!.leftMs : 0));
    const retryAfterMs = Math.max(...full);
    if (retryAfterMs > 0) throw new DunlinError('rate_limited', { retryAfterMs });
    return counts.every(({ of }, i) => failed[i]!.count + under[i]! <= of.failures.points);
  }

  private async leave({ counts }: Attempt): Promise<void> {
    await Promise.all(counts.map(({ of, key, id }) => of.inFlight.leave(key, id)));
  }

  /** Of another gateway's attempts nobody tells: hence the look now and then. */
  private async untilOneEnds(address: string): Promise<void> {
    const queue = this.waiting.get(address) ?? [];
    if (queue.length >= MAX_WAITING) throw new DunlinError('rate_limited', { retryAfterMs: RETRY_MS });
    this.waiting.set(address, queue);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, LOOK_AGAIN_MS);
      function done(): void {
        clearTimeout(timer);
        const at = queue.indexOf(done);
        if (at >= 0) queue.splice(at, 1);
        resolve();
      }
      queue.push(done);
    });
    if (queue.length === 0 && this.waiting.get(address) === queue) this.waiting.delete(address);
  }
}

/** Usernames are equal without regard to case, and what was sent need not be one: hence the hash. */
const accountKey = (address: string, username: string): string =>
  `${address}|${createHash('sha256').update(username.toLowerCase()).digest('base64url').slice(0, 22)}`;
