import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { DunlinError } from '@dunlin/contracts';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Each takes a core for some 20 ms: more at once would only make all of them late. */
const AT_ONCE = 2;
const WAITING = 256;

/** Hashing of passwords, a few at a time. */
@Injectable()
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  /** Compared against when there is no such user, so that the answer takes as long. */
  private decoy?: Promise<string>;

  /** @throws DunlinError `busy` */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, PARAMETERS));
  }

  /** False for a wrong password and for a user that is not there, after the same time. @throws DunlinError `busy` */
  async matches(storedHash: string | undefined, password: string): Promise<boolean> {
    this.decoy ??= hash('nobody has this password', PARAMETERS);
    const known = storedHash ?? (await this.decoy);
    const same = await this.inTurn(() => verify(known, password));
    return storedHash !== undefined && same;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) {
      if (this.waiting.length >= WAITING) throw new DunlinError('busy', { retryAfterMs: 2000 });
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running++;
    try {
      return await work();
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }
}
