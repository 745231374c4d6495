import { Controller } from '@nestjs/common';
import { messageRpc, type MessagePage, type ReadResult, type RequestOf, type SyncResult } from '@dunlin/contracts';
import { RpcHandler } from '@dunlin/transport';
import { HistoryService } from './history.service.js';

@Controller()
export class HistoryHandlers {
  constructor(private readonly history: HistoryService) {}

  @RpcHandler(messageRpc.history)
  page({ data, caller }: RequestOf<typeof messageRpc.history>): Promise<MessagePage> {
    return this.history.page(data.conversationId, caller.userId, data.range, data.limit);
  }

  @RpcHandler(messageRpc.sync)
  sync({ data, caller }: RequestOf<typeof messageRpc.sync>): Promise<SyncResult> {
    return this.history.sync(caller.userId, data.cursors);
  }

  @RpcHandler(messageRpc.read)
  read({ data, caller }: RequestOf<typeof messageRpc.read>): Promise<ReadResult> {
    return this.history.read(data.conversationId, caller.userId, data.seq, data.originSocketId);
  }
}
