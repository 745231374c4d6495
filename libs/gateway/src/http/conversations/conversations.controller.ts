import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  ConversationDto,
  ConversationPageDto,
  ConversationSettingsDto,
  DunlinError,
  HistoryQueryDto,
  messageRpc,
  MessagePageDto,
  OpenDirectDto,
  PageQueryDto,
  ReadBodyDto,
  ReadResultDto,
  RpcClient,
  SendBodyDto,
  SendResultDto,
  userRpc,
  type Caller,
  type Conversation,
  type ConversationId,
  type HistoryRange,
  type MessagePage,
  type Page,
  type ReadResult,
  type SendResult,
  type UserId,
  invalid,
} from '@dunlin/contracts';
import { costOfConversations, costOfMessages } from '../../limits/page-cost.js';
import { RateLimits } from '../../limits/rate-limits.js';
import { Sends } from '../../realtime/sends.js';
import { CurrentCaller } from '../auth/current-caller.decorator.js';
import { IdParam } from '../id-param.js';
import { ConversationViews } from './conversation-views.js';

@ApiTags('conversations')
@ApiBearerAuth()
@Controller('conversations')
export class ConversationsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly views: ConversationViews,
    private readonly sends: Sends,
    private readonly limits: RateLimits,
  ) {}

  /** The caller's conversations, newest activity first. */
  @Get()
  @ApiOkResponse({ type: ConversationPageDto })
  async list(@CurrentCaller() caller: Caller, @Query() query: PageQueryDto): Promise<Page<Conversation>> {
    const page = await this.rpc.call(messageRpc.listConversations, { ...query }, { caller });
    this.limits.httpRequest.spend(caller.userId, costOfConversations(page.items));
    return { items: await this.views.all(page.items, caller), nextCursor: page.nextCursor };
  }

  /** Opens the direct conversation with a friend; the same one for ever. */
  @Post('direct')
  @HttpCode(200)
  @ApiOkResponse({ type: ConversationDto })
  async openDirect(@CurrentCaller() caller: Caller, @Body() body: OpenDirectDto): Promise<Conversation> {
    const userId = body.userId as UserId;
    if (userId === caller.userId) throw invalid('userId', 'must be somebody else');
    try {
      const record = await this.rpc.call(messageRpc.openDirect, { userId }, { caller });
      return await this.views.one(record, caller);
    } catch (error) {
      // A stranger and nobody at all are told apart by who knows people.
      if (DunlinError.from(error).code === 'not_friends') await this.rpc.call(userRpc.get, { userId }, { caller });
      throw error;
    }
  }

  @Get(':id')
  @ApiOkResponse({ type: ConversationDto })
  async get(@CurrentCaller() caller: Caller, @Param('id', IdParam) id: ConversationId): Promise<Conversation> {
    const record = await this.rpc.call(messageRpc.getConversation, { conversationId: id }, { caller });
    return this.views.one(record, caller);
  }

  /** The caller's own settings for this conversation. */
  @Patch(':id')
  @ApiOkResponse({ type: ConversationDto })
  async update(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) id: ConversationId,
    @Body() body: ConversationSettingsDto,
  ): Promise<Conversation> {
    const record = await this.rpc.call(messageRpc.updateSettings, { conversationId: id, ...body }, { caller });
    return this.views.one(record, caller);
  }

  /** A page of the log: ascending after a seq, descending before one, or the newest. */
  @Get(':id/messages')
  @ApiOkResponse({ type: MessagePageDto })
  async history(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) id: ConversationId,
    @Query() query: HistoryQueryDto,
  ): Promise<MessagePage> {
    const { afterSeq, beforeSeq, limit } = query;
    if (afterSeq !== undefined && beforeSeq !== undefined)
      throw invalid('beforeSeq', 'give either afterSeq or beforeSeq');
    const range: HistoryRange = afterSeq !== undefined ? { afterSeq } : beforeSeq !== undefined ? { beforeSeq } : {};
    const page = await this.rpc.call(messageRpc.history, { conversationId: id, range, limit }, { caller });
    this.limits.httpRequest.spend(caller.userId, costOfMessages(page.messages));
    return page;
  }

  /** Sends a message, like `message:send` on the socket. */
  @Post(':id/messages')
  @ApiBody({ type: SendBodyDto })
  @ApiCreatedResponse({ type: SendResultDto })
  send(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) id: ConversationId,
    @Body() body: object,
  ): Promise<SendResult> {
    return this.sends.fromRequest(caller, id, body);
  }

  /** Moves the caller's read cursor forward; never back, never past the end. */
  @Put(':id/read')
  @ApiOkResponse({ type: ReadResultDto })
  read(
    @CurrentCaller() caller: Caller,
    @Param('id', IdParam) id: ConversationId,
    @Body() body: ReadBodyDto,
  ): Promise<ReadResult> {
    return this.rpc.call(messageRpc.read, { conversationId: id, seq: body.seq }, { caller });
  }
}
