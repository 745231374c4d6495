import { Controller } from '@nestjs/common';
import { messageRpc, type Audience, type ConversationRecord, type Page, type RequestOf } from '@dunlin/contracts';
import { RpcHandler } from '@dunlin/transport';
import { ConversationsService } from './conversations.service.js';
import { Views } from './views.js';

@Controller()
export class ConversationHandlers {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly views: Views,
  ) {}

  @RpcHandler(messageRpc.listConversations)
  list({ data, caller }: RequestOf<typeof messageRpc.listConversations>): Promise<Page<ConversationRecord>> {
    return this.conversations.list(caller.userId, data);
  }

  @RpcHandler(messageRpc.getConversation)
  get({ data, caller }: RequestOf<typeof messageRpc.getConversation>): Promise<ConversationRecord> {
    return this.conversations.get(data.conversationId, caller.userId);
  }

  @RpcHandler(messageRpc.openDirect)
  openDirect({ data, caller }: RequestOf<typeof messageRpc.openDirect>): Promise<ConversationRecord> {
    return this.conversations.openDirect(caller.userId, data.userId);
  }

  @RpcHandler(messageRpc.updateSettings)
  updateSettings({ data, caller }: RequestOf<typeof messageRpc.updateSettings>): Promise<ConversationRecord> {
    return this.conversations.updateSettings(data.conversationId, caller.userId, data);
  }

  @RpcHandler(messageRpc.audienceOf)
  audienceOf({ data }: RequestOf<typeof messageRpc.audienceOf>): Promise<Audience> {
    return this.views.audience(data.conversationId);
  }
}
