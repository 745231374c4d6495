import { Module } from '@nestjs/common';
import { ConversationHandlers } from './conversation/conversation.handlers.js';
import { ConversationsService } from './conversation/conversations.service.js';
import { Views } from './conversation/views.js';
import { HistoryHandlers } from './history/history.handlers.js';
import { HistoryService } from './history/history.service.js';
import { ConversationLog } from './log/conversation-log.js';
import { LogHandlers } from './log/log.handlers.js';
import { MediaHandlers } from './media/media.handlers.js';
import { MediaService } from './media/media.service.js';
import { ReadinessHandlers } from './readiness/readiness.handlers.js';

/** Conversations and their logs: send, sync, lists, read cursors, media references. */
@Module({
  controllers: [LogHandlers, HistoryHandlers, ConversationHandlers, MediaHandlers, ReadinessHandlers],
  providers: [ConversationLog, HistoryService, ConversationsService, Views, MediaService],
})
export class MessageModule {}
