import { Controller } from '@nestjs/common';
import {
  userRpc,
  type Page,
  type RequestOf,
  type Session,
  type SessionStatus,
  type TokenPair,
} from '@dunlin/contracts';
import { RpcHandler } from '@dunlin/transport';
import { SessionsService } from './sessions.service.js';

@Controller()
export class SessionHandlers {
  constructor(private readonly sessions: SessionsService) {}

  @RpcHandler(userRpc.refresh)
  refresh({ requestId, data }: RequestOf<typeof userRpc.refresh>): Promise<TokenPair> {
    return this.sessions.refresh(requestId, data);
  }

  @RpcHandler(userRpc.logout)
  async logout({ requestId, caller }: RequestOf<typeof userRpc.logout>): Promise<null> {
    await this.sessions.end(requestId, caller.userId, caller.sessionId, 'logout');
    return null;
  }

  @RpcHandler(userRpc.listSessions)
  list({ caller, data }: RequestOf<typeof userRpc.listSessions>): Promise<Page<Session>> {
    return this.sessions.list(caller, data);
  }

  @RpcHandler(userRpc.revokeSession)
  async revoke({ requestId, caller, data }: RequestOf<typeof userRpc.revokeSession>): Promise<null> {
    const reason = data.sessionId === caller.sessionId ? 'logout' : 'signed_out_remotely';
    await this.sessions.end(requestId, caller.userId, data.sessionId, reason);
    return null;
  }

  @RpcHandler(userRpc.sessionStatus)
  status({ data }: RequestOf<typeof userRpc.sessionStatus>): Promise<SessionStatus> {
    return this.sessions.status(data.sessionId);
  }
}
