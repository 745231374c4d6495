import { Injectable } from '@nestjs/common';
import {
  directConversationId,
  DunlinError,
  groupConversationId,
  groupRpc,
  invalid,
  messageRpc,
  parseSend,
  RpcClient,
  userRpc,
  type Caller,
  type ConversationId,
  type GroupId,
  type MediaId,
  type SendCommand,
  type SendContent,
  type SendPayload,
  type SendResult,
  type UserId,
} from '@dunlin/contracts';
import { RateLimits } from '../limits/rate-limits.js';
import { InlineImages } from '../media/inline-images.js';
import type { ImSocket } from './im-socket.js';

/** A message's way from a socket or a request to its conversation's log. */
@Injectable()
export class Sends {
  /** By socket: the inline image that is being decoded, which later sends of that device must not overtake. */
  private readonly decoding = new Map<string, Promise<unknown>>();

  constructor(
    private readonly rpc: RpcClient,
    private readonly limits: RateLimits,
    private readonly images: InlineImages,
  ) {}

  /** `message:send`. @throws DunlinError */
  fromSocket(socket: ImSocket, input: unknown): Promise<SendResult> {
    const { caller } = socket.data;
    const payload = this.check(caller, input);
    const inline = 'data' in payload.content;
    const before = this.decoding.get(socket.id);
    if (!inline && before === undefined) return this.store(caller, payload, socket.id);
    const result = (before ?? Promise.resolve()).then(() => this.store(caller, payload, socket.id));
    const settled = result.catch(() => undefined);
    this.decoding.set(socket.id, settled);
    void settled.then(() => {
      if (this.decoding.get(socket.id) === settled) this.decoding.delete(socket.id);
    });
    return result;
  }

  /** `POST /conversations/:id/messages`. @throws DunlinError */
  async fromRequest(caller: Caller, conversationId: ConversationId, input: unknown): Promise<SendResult> {
    return this.store(caller, this.check(caller, input, { conversationId }));
  }

  private check(caller: Caller, input: unknown, target?: { conversationId: string }): SendPayload {
    this.limits.message.take(caller.userId);
    const parsed = parseSend(input, target);
    if (!parsed.ok) throw new DunlinError('validation_failed', { errors: parsed.errors });
    if (parsed.payload.toUserId === caller.userId) throw invalid('toUserId', 'must be somebody else');
    return parsed.payload;
  }

  private async store(caller: Caller, payload: SendPayload, originSocketId?: string): Promise<SendResult> {
    const content = await this.content(caller, payload);
    const command: SendCommand = {
      ...content,
      ...target(caller, payload),
      clientMsgId: payload.clientMsgId,
    };
    if (payload.replyTo !== undefined) command.replyTo = payload.replyTo;
    if (originSocketId !== undefined) command.originSocketId = originSocketId;
    try {
      return await this.rpc.call(messageRpc.send, command, { caller });
    } catch (error) {
      throw await this.explain(caller, payload, DunlinError.from(error));
    }
  }

  private async content(caller: Caller, payload: SendPayload): Promise<SendContent> {
    const content = payload.content as { text?: string; mediaId?: string; data?: string; name?: string };
    if (payload.type === 'text') return { type: 'text', content: { text: content.text as string } };
    const mediaId = (
      content.data === undefined ? content.mediaId : await this.images.store(caller, content.data)
    ) as MediaId;
    if (payload.type === 'image') return { type: 'image', content: { mediaId } };
    return { type: 'file', content: content.name === undefined ? { mediaId } : { mediaId, name: content.name } };
  }

  /**
   * The log knows conversations, not people and groups. On the rare refusal the others are asked whether there is
   * such a person, or such a group that the caller may know of.
   */
  private async explain(caller: Caller, payload: SendPayload, error: DunlinError): Promise<DunlinError> {
    try {
      if (error.code === 'not_friends' && payload.toUserId !== undefined)
        await this.rpc.call(userRpc.get, { userId: payload.toUserId as UserId }, { caller });
      if (error.code === 'not_found' && payload.toGroupId !== undefined && payload.replyTo === undefined) {
        const card = await this.rpc.call(groupRpc.get, { groupId: payload.toGroupId as GroupId }, { caller });
        if (card.myRole === null) return new DunlinError('not_a_member');
      }
    } catch (failure) {
      return DunlinError.from(failure).code === 'not_found' ? new DunlinError('not_found') : error;
    }
    return error;
  }
}

function target(caller: Caller, payload: SendPayload): { conversationId: ConversationId; peerId?: UserId } {
  if (payload.toUserId !== undefined) {
    const peerId = payload.toUserId as UserId;
    return { conversationId: directConversationId(caller.userId, peerId), peerId };
  }
  if (payload.toGroupId !== undefined) return { conversationId: groupConversationId(payload.toGroupId as GroupId) };
  return { conversationId: payload.conversationId as ConversationId };
}
