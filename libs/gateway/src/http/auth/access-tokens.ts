import { createSecretKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ACCESS_TOKEN, DunlinError, type Caller, type SessionId, type UserId } from '@dunlin/contracts';
import { Config } from '@dunlin/platform';

interface Claims {
  sub?: unknown;
  sid?: unknown;
  typ?: unknown;
  exp?: unknown;
}

const MAX_LENGTH = 2048;

/** Reads access tokens: RFC 8725, with algorithm, issuer, audience and type pinned. */
@Injectable()
export class AccessTokens {
  private readonly jwt: JwtService;

  constructor(config: Config) {
    // as a key: of a text, the library would find out at each token whether it is a public key
    this.jwt = new JwtService({ secret: createSecretKey(config.jwtSecret, 'utf8') });
  }

  /** @throws DunlinError `unauthenticated`, or `token_expired` for one that was good */
  async verify(token: string): Promise<Caller> {
    const claims = await this.read(token);
    const { sub, sid, typ, exp } = claims;
    if (typeof sub !== 'string' || typeof sid !== 'string' || typ !== ACCESS_TOKEN.type || typeof exp !== 'number')
      throw new DunlinError('unauthenticated');
    return { userId: sub as UserId, sessionId: sid as SessionId };
  }

  private async read(token: string): Promise<Claims> {
    if (token.length > MAX_LENGTH) throw new DunlinError('unauthenticated');
    try {
      const { header, payload } = await this.jwt.verifyAsync<{ header: object; payload: Claims }>(token, {
        algorithms: [ACCESS_TOKEN.algorithm],
        issuer: ACCESS_TOKEN.issuer,
        audience: ACCESS_TOKEN.audience,
        complete: true,
      });
      // the library does not look at it: what must be understood is not (RFC 7515 section 4.1.11)
      if ('crit' in header) throw new DunlinError('unauthenticated');
      return payload;
    } catch (error) {
      const expired = error instanceof Error && error.name === 'TokenExpiredError';
      throw new DunlinError(expired ? 'token_expired' : 'unauthenticated');
    }
  }
}
