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
  type Settle,
  type UserId,
} from '@dunlin/contracts';
import { currentTraceId, failpointSync, runInTrace } from '@dunlin/platform';
import { RateLimits } from '../limits/rate-limits.js';
import { InlineImages } from '../media/inline-images.js';
import { UploadMemory, type UploadShare } from '../media/upload-memory.js';
import type { Arrival } from './arrival.js';
import type { ImSocket } from './im-socket.js';
import { OpenSends } from './open-sends.js';

/** Inline images of all that wait or are being decoded, and of one person. */
const INLINE_MEMORY = 64 * 1024 * 1024;
const INLINE_PER_USER = 16;
/** Sends of one device that may wait behind its inline image. */
const BEHIND_MAX = 256;

/** How long the ack of a refused send may wait for a better reason. */
const EXPLAIN_MS = 1000;

/** Who sent it, in which request and, if it was one, from which socket. */
interface Origin {
  caller: Caller;
  traceId: string;
  originSocketId?: string;
}

interface Queue {
  tail: Promise<unknown>;
  length: number;
}

/** A message's way from a socket or a request to its conversation's log. */
@Injectable()
export class Sends {
  /** By socket: the inline image that is being decoded, and what of that device must not overtake it. */
  private readonly decoding = new Map<string, Queue>();
  private readonly memory = new UploadMemory(INLINE_MEMORY, INLINE_PER_USER);

  constructor(
    private readonly rpc: RpcClient,
    private readonly limits: RateLimits,
    private readonly images: InlineImages,
    private readonly open: OpenSends,
  ) {}

  /** `message:send`. @throws DunlinError at once, or settles with one */
  fromSocket(arrival: Arrival): void {
    failpointSync('gateway.received');
    this.open.enter();
    const settle: Settle<unknown> = (error, data) => {
      arrival.settle(error, data);
      this.open.leave();
    };
    try {
      this.take(arrival, settle);
    } catch (error) {
      settle(DunlinError.from(error));
    }
  }

  /** Text, which is nearly all, goes without a promise. */
  private take({ socket, payload: input, traceId }: Arrival, settle: Settle<unknown>): void {
    const { caller } = socket.data;
    const payload = this.check(caller, input);
    const queue = this.decoding.get(socket.id);
    if (queue === undefined && !('data' in payload.content)) {
      this.append({ caller, traceId, originSocketId: socket.id }, payload, contentOf(payload), settle);
      return;
    }
    runInTrace(traceId, () => {
      this.afterDecoding(socket, payload, queue ?? { tail: Promise.resolve(), length: 0 }).then(
        (result) => settle(undefined, result),
        (error: unknown) => settle(DunlinError.from(error)),
      );
    });
  }

  /** @throws DunlinError `busy` when too much waits already; `unavailable`, to nobody, when the device has gone */
  private afterDecoding(socket: ImSocket, payload: SendPayload, queue: Queue): Promise<SendResult> {
    const { caller } = socket.data;
    if (queue.length >= BEHIND_MAX) throw new DunlinError('busy', { retryAfterMs: 1000 });
    const share = this.hold(caller, payload);
    const result = queue.tail.then(() => {
      if (!socket.connected) throw new DunlinError('unavailable');
      return this.store(caller, payload, socket.id);
    });
    queue.length++;
    queue.tail = result
      .catch(() => undefined)
      .then(() => {
        share?.release();
        if (--queue.length === 0) this.decoding.delete(socket.id);
      });
    this.decoding.set(socket.id, queue);
    return result;
  }

  /** Counts the bytes of an inline image. @throws DunlinError `busy` */
  private hold(caller: Caller, { content }: SendPayload): UploadShare | undefined {
    const { data } = content as { data?: string };
    if (data === undefined) return undefined;
    const share = this.memory.begin(caller.userId);
    try {
      share.add(data.length);
      share.whole();
      return share;
    } catch (error) {
      share.release();
      throw error;
    }
  }

  /** `POST /conversations/:id/messages`. @throws DunlinError */
  async fromRequest(caller: Caller, conversationId: ConversationId, input: unknown): Promise<SendResult> {
    this.open.enter();
    let share: UploadShare | undefined;
    try {
      const payload = this.check(caller, input, { conversationId });
      share = this.hold(caller, payload);
      return await this.store(caller, payload);
    } finally {
      share?.release();
      this.open.leave();
    }
  }

  private check(caller: Caller, input: unknown, target?: { conversationId: string }): SendPayload {
    this.limits.message.take(caller.userId);
    const parsed = parseSend(input, target);
    if (!parsed.ok) throw new DunlinError('validation_failed', { errors: parsed.errors });
    if (parsed.payload.toUserId === caller.userId) throw invalid('toUserId', 'must be somebody else');
    return parsed.payload;
  }

  private async store(caller: Caller, payload: SendPayload, originSocketId?: string): Promise<SendResult> {
    const { data } = payload.content as { data?: string };
    const content: SendContent =
      data === undefined
        ? contentOf(payload)
        : { type: 'image', content: { mediaId: (await this.images.store(caller, data)) as MediaId } };
    return new Promise((resolve, reject) => {
      this.append({ caller, traceId: currentTraceId(), originSocketId }, payload, content, (error, result) =>
        error ? reject(error) : resolve(result as SendResult),
      );
    });
  }

  private append(
    { caller, traceId, originSocketId }: Origin,
    payload: SendPayload,
    content: SendContent,
    settle: Settle<SendResult>,
  ): void {
    const command = {
      type: content.type,
      content: content.content,
      conversationId: conversationOf(caller, payload),
      peerId: payload.toUserId as UserId | undefined,
      clientMsgId: payload.clientMsgId,
      replyTo: payload.replyTo,
      originSocketId,
    } as SendCommand;
    failpointSync('gateway.checked');
    // it has its own key, so the request needs no name besides its trace's
    this.rpc.submit(messageRpc.send, command, { caller, traceId, requestId: traceId }, (error, result) => {
      if (!error) settle(undefined, result);
      else void runInTrace(traceId, () => this.explain(caller, payload, error)).then((why) => settle(why));
    });
  }

  /**
   * The log knows conversations, not people and groups. On the rare refusal the others are asked whether there is
   * such a person, or such a group that the caller may know of. Never rejects.
   */
  private async explain(caller: Caller, payload: SendPayload, error: DunlinError): Promise<DunlinError> {
    try {
      if (error.code === 'not_friends' && payload.toUserId !== undefined)
        await this.rpc.call(userRpc.get, { userId: payload.toUserId as UserId }, { caller, timeoutMs: EXPLAIN_MS });
      if (error.code === 'not_found' && payload.toGroupId !== undefined && payload.replyTo === undefined) {
        const card = await this.rpc.call(
          groupRpc.get,
          { groupId: payload.toGroupId as GroupId },
          { caller, timeoutMs: EXPLAIN_MS },
        );
        if (card.myRole === null) return new DunlinError('not_a_member');
      }
    } catch (failure) {
      return DunlinError.from(failure).code === 'not_found' ? new DunlinError('not_found') : error;
    }
    return error;
  }
}

/** What is said, where nothing has to be stored first. */
function contentOf(payload: SendPayload): SendContent {
  const { text, mediaId, name } = payload.content as { text?: string; mediaId?: string; name?: string };
  if (payload.type === 'text') return { type: 'text', content: { text: text as string } };
  const media = { mediaId: mediaId as MediaId };
  if (payload.type === 'image') return { type: 'image', content: media };
  return { type: 'file', content: name === undefined ? media : { ...media, name } };
}

function conversationOf(caller: Caller, payload: SendPayload): ConversationId {
  if (payload.toUserId !== undefined) return directConversationId(caller.userId, payload.toUserId as UserId);
  if (payload.toGroupId !== undefined) return groupConversationId(payload.toGroupId as GroupId);
  return payload.conversationId as ConversationId;
}
