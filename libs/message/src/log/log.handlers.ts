import { Controller } from '@nestjs/common';
import { messageRpc, type RequestOf, type SubmissionOf } from '@dunlin/contracts';
import { RpcBatchHandler, RpcHandler } from '@dunlin/transport';
import { ConversationLog } from './conversation-log.js';

/** What appends to a conversation's log. */
@Controller()
export class LogHandlers {
  constructor(private readonly log: ConversationLog) {}

  @RpcBatchHandler(messageRpc.send)
  send(submissions: readonly SubmissionOf<typeof messageRpc.send>[]): void {
    this.log.send(submissions);
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
