import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { WorkLimiter } from '@dunlin/platform';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Each takes a core for some 20 ms: more at once would only make all of them late. */
const AT_ONCE = 2;
const WAITING = 256;
const RETRY_MS = 2000;

/** Of random bytes that nobody kept, with the same parameters: compared against when there is no such user. */
const DECOY = '$argon2id$v=19$m=19456,t=2,p=1$2Mo6zZ9616Z+hQITV44KWQ$S//bPrjK9MZjSsG5Y5yDCcoz2d4u2WnqVGUD/dFzuOE';

/** Hashing of passwords, a few at a time. */
@Injectable()
export class Passwords {
  private readonly limiter = new WorkLimiter(AT_ONCE, WAITING, RETRY_MS);

  /** @throws DunlinError `busy` */
  hash(password: string): Promise<string> {
    return this.limiter.run(1, () => hash(password, PARAMETERS));
  }

  /** False for a wrong password and for a user that is not there, after the same time. @throws DunlinError `busy` */
  async matches(storedHash: string | undefined, password: string): Promise<boolean> {
    const same = await this.limiter.run(1, () => verify(storedHash ?? DECOY, password));
    return storedHash !== undefined && same;
  }
}
