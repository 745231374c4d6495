import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ACCESS_TOKEN, DunlinError, type SessionId, type TokenPair, type UserId } from '@dunlin/contracts';
import { Config } from '@dunlin/platform';

export interface RefreshClaims {
  sessionId: SessionId;
  generation: number;
}

const REFRESH_TOKEN = /^([A-Za-z0-9]{1,64})\.([1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/;

/**
 * Access tokens are short-lived JWTs. A refresh token is `<session>.<generation>.<mac>`: derived, not random, so that
 * a request which Kafka delivers twice can be given the same answer, and no table holds a secret.
 */
@Injectable()
export class Tokens {
  private readonly jwt: JwtService;
  private readonly refreshKey: Buffer;

  constructor(private readonly config: Config) {
    this.jwt = new JwtService({ secret: createSecretKey(config.jwtSecret, 'utf8') });
    this.refreshKey = Buffer.from(hkdfSync('sha256', config.jwtSecret, '', 'dunlin refresh tokens', 32));
  }

  async pair({ userId, sessionId, generation }: RefreshClaims & { userId: UserId }): Promise<TokenPair> {
    const accessToken = await this.jwt.signAsync(
      { sid: sessionId, typ: ACCESS_TOKEN.type },
      {
        subject: userId,
        algorithm: ACCESS_TOKEN.algorithm,
        issuer: ACCESS_TOKEN.issuer,
        audience: ACCESS_TOKEN.audience,
        expiresIn: this.config.accessTokenTtlS,
      },
    );
    return {
      accessToken,
      refreshToken: `${sessionId}.${generation}.${this.mac(sessionId, generation)}`,
      expiresIn: this.config.accessTokenTtlS,
    };
  }

  /** @throws DunlinError `unauthenticated` for what this server has not made */
  readRefreshToken(token: string): RefreshClaims {
    const [, sessionId, generation, mac] = REFRESH_TOKEN.exec(token) ?? [];
    if (sessionId === undefined || mac === undefined) throw new DunlinError('unauthenticated');
    const claims = { sessionId: sessionId as SessionId, generation: Number(generation) };
    // as text: base64url has several spellings of the same bytes
    if (!timingSafeEqual(Buffer.from(this.mac(claims.sessionId, claims.generation)), Buffer.from(mac)))
      throw new DunlinError('unauthenticated');
    return claims;
  }

  private mac(sessionId: string, generation: number): string {
    return createHmac('sha256', this.refreshKey).update(`${sessionId}:${generation}`).digest('base64url');
  }
}
