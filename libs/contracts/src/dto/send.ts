import { MAX_FIELD_ERRORS } from '../errors.js';
import type { FieldError, SendPayload } from '../wire/index.js';
import { LIMITS } from '../wire/index.js';
import { isId, isText } from './common.dto.js';
import { isFileName } from './media.dto.js';

type Result = { ok: true; payload: SendPayload } | { ok: false; errors: FieldError[] };

const KEYS = new Set(['clientMsgId', 'type', 'content', 'replyTo', 'conversationId', 'toUserId', 'toGroupId']);
const TARGETS = ['conversationId', 'toUserId', 'toGroupId'] as const;
export const DATA_URI = /^data:image\/(?:png|jpeg|webp|gif);base64,/;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The rules of `message:send`, for sockets and HTTP alike. Written by hand, since this runs for every message:
 * class-validator takes longer than everything else on the way to the database.
 * @param target where the message goes if the address says it already (HTTP); the payload must then not name one
 */
export function parseSend(input: unknown, target?: { conversationId: string }): Result {
  if (!isRecord(input)) return { ok: false, errors: [{ path: '', message: 'must be an object' }] };
  const errors: FieldError[] = [];
  const fail = (path: string, message: string): void => {
    if (errors.length < MAX_FIELD_ERRORS) errors.push({ path, message });
  };
  for (const key of Object.keys(input)) if (!KEYS.has(key)) fail(key, 'is not known');
  checkTarget(input, target !== undefined, fail);
  if (!isText(input['clientMsgId'], LIMITS.clientMsgId.min, LIMITS.clientMsgId.max))
    fail('clientMsgId', 'must be text of 1 to 64 characters');
  if (input['replyTo'] !== undefined) checkReply(input['replyTo'], fail);
  checkContent(input['type'], input['content'], fail);
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, payload: (target ? { ...input, ...target } : input) as unknown as SendPayload };
}

type Fail = (path: string, message: string) => void;

function checkTarget(input: Record<string, unknown>, given: boolean, fail: Fail): void {
  let named = 0;
  for (const name of TARGETS) {
    if (input[name] === undefined) continue;
    named++;
    if (given) fail(name, 'is named by the address');
    else if (!isId(input[name])) fail(name, 'must be an id');
  }
  if (!given && named !== 1) fail('conversationId', 'name exactly one of conversationId, toUserId, toGroupId');
}

function checkReply(reply: unknown, fail: Fail): void {
  if (!isRecord(reply)) return fail('replyTo', 'must be an object');
  for (const key of Object.keys(reply))
    if (key !== 'messageId' && key !== 'seq') fail(`replyTo.${key}`, 'is not known');
  if (!isId(reply['messageId'])) fail('replyTo.messageId', 'must be an id');
  if (!Number.isSafeInteger(reply['seq']) || (reply['seq'] as number) < 1) fail('replyTo.seq', 'must be a seq');
}

function checkContent(type: unknown, content: unknown, fail: Fail): void {
  if (type !== 'text' && type !== 'image' && type !== 'file') return fail('type', 'must be text, image or file');
  if (!isRecord(content)) return fail('content', 'must be an object');
  const allowed = type === 'text' ? ['text'] : type === 'image' ? ['mediaId', 'data'] : ['mediaId', 'name'];
  for (const key of Object.keys(content)) if (!allowed.includes(key)) fail(`content.${key}`, 'is not known');
  if (type === 'text') {
    if (!isText(content['text'], LIMITS.text.min, LIMITS.text.max))
      fail('content.text', 'must be text of 1 to 4000 characters');
    return;
  }
  if (type === 'image' && content['data'] !== undefined) {
    if (content['mediaId'] !== undefined) fail('content.data', 'give either mediaId or data');
    else if (typeof content['data'] !== 'string' || !DATA_URI.test(content['data']))
      fail('content.data', 'must be a data URI of a PNG, JPEG, WebP or GIF image');
    return;
  }
  if (!isId(content['mediaId'])) fail('content.mediaId', 'must be an id');
  if (content['name'] !== undefined && !isFileName(content['name']))
    fail('content.name', 'must be a file name of 1 to 255 characters, neither a path nor that of a program or page');
}
