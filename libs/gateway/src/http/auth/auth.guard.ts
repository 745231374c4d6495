import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DunlinError, SessionRegistry } from '@dunlin/contracts';
import { OPEN_ROUTE } from '@dunlin/platform';
import { RateLimits } from '../../limits/rate-limits.js';
import { UnreadAnswers } from '../unread-answers.js';
import { AccessTokens } from './access-tokens.js';
import type { AuthedHttpRequest } from './current-caller.decorator.js';

const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Every route needs an access token of a session that holds, unless it is marked open. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionRegistry,
    private readonly limits: RateLimits,
    private readonly unread: UnreadAnswers,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    if (this.reflector.getAllAndOverride<boolean>(OPEN_ROUTE, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<AuthedHttpRequest>();
    const { authorization } = request.headers;
    const token = typeof authorization === 'string' ? BEARER.exec(authorization)?.[1] : undefined;
    if (token === undefined) throw new DunlinError('unauthenticated');
    const { userId, sessionId } = await this.tokens.verify(token);
    await this.sessions.assertActive(sessionId, userId);
    this.limits.httpRequest.take(userId);
    this.unread.assertRoom(userId);
    request.caller = { userId, sessionId };
    return true;
  }
}
