import { Controller } from '@nestjs/common';
import { messageRpc, type RequestOf, type SendResult } from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';
import { RpcHandler } from '@dunlin/transport';
import { ConversationLog } from './conversation-log.js';

/** What appends to a conversation's log. */
@Controller()
export class LogHandlers {
  constructor(
    private readonly log: ConversationLog,
    private readonly clock: Clock,
  ) {}

  @RpcHandler(messageRpc.send)
  send(request: RequestOf<typeof messageRpc.send>): Promise<SendResult> {
    if (this.clock.now() > request.deadline) return this.log.sendLate(request.data, request.caller);
    return this.log.send(request.data, request.caller);
  }

  @RpcHandler(messageRpc.applyGroupChange)
  applyGroupChange(request: RequestOf<typeof messageRpc.applyGroupChange>): Promise<{ version: number }> {
    return this.log.applyGroupChange(request.data);
  }

  @RpcHandler(messageRpc.applyTie)
  async applyTie(request: RequestOf<typeof messageRpc.applyTie>): Promise<null> {
    await this.log.applyTie(request.data);
    return null;
  }
}
