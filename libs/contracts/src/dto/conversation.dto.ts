import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsInt, IsObject, Max, Min } from 'class-validator';
import { LIMITS, type MessageType, type SystemEvent } from '../wire/index.js';
import { checkedBy, isId, IsId, IsName, IsText, MayBeMissing, QueryInteger } from './common.dto.js';
import { GroupCardDto } from './group.dto.js';
import { DATA_URI } from './send.js';
import { UserDto } from './user.dto.js';

const MAX_CURSORS = 10_000;

/** A seq may lie beyond the end of any log. */
const IsSeq =
  (min: number): PropertyDecorator =>
  (target, name) => {
    IsInt({ message: 'must be a seq' })(target, name);
    Min(min)(target, name);
    Max(Number.MAX_SAFE_INTEGER)(target, name);
    ApiProperty({ type: 'integer', minimum: min, maximum: Number.MAX_SAFE_INTEGER })(target, name);
  };

export class MessageRefDto {
  @IsId()
  messageId: string;
  @IsSeq(1)
  seq: number;
}

export class SendContentDto {
  /** With type `text`: 1–4,000 characters. */
  @IsText(LIMITS.text.min, LIMITS.text.max)
  text?: string;
  /** With type `image` or `file`: an upload of the sender's. */
  @IsId()
  mediaId?: string;
  /** With type `image`: a data URI of a PNG, JPEG, WebP or GIF image that fits in one frame. */
  @ApiProperty({ pattern: DATA_URI.source })
  data?: string;
  /** With type `file`: its name, 1–255 characters. */
  @IsName(LIMITS.fileName.min, LIMITS.fileName.max)
  name?: string;
}

/** {@link parseSend} checks it; what is said here is for the documents. */
export class SendBodyDto {
  /** Chosen by the client, 1–64 characters; the same one is stored once, for ever. */
  @IsText(LIMITS.clientMsgId.min, LIMITS.clientMsgId.max)
  clientMsgId: string;
  @ApiProperty({ enum: ['text', 'image', 'file'] })
  type: 'text' | 'image' | 'file';
  content: SendContentDto;
  replyTo?: MessageRefDto;
}

/** Exactly one of `conversationId`, `toUserId`, `toGroupId`. */
export class SendMessageDto extends SendBodyDto {
  @IsId()
  conversationId?: string;
  @IsId()
  toUserId?: string;
  @IsId()
  toGroupId?: string;
}

export class SendResultDto {
  messageId: string;
  conversationId: string;
  seq: number;
  @ApiProperty({ format: 'date-time' })
  sentAt: string;
  /** True when this clientMsgId was stored before; the rest is the first answer. */
  duplicate: boolean;
}

export class SyncConversationDto {
  @IsId()
  conversationId: string;
  @IsSeq(0)
  afterSeq: number;
  @MayBeMissing()
  @IsInt()
  @Min(1)
  @Max(LIMITS.history.max)
  @ApiPropertyOptional({ minimum: 1, maximum: LIMITS.history.max, default: LIMITS.history.default })
  limit?: number;
}

const areCursors = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value as Record<string, unknown>);
  return (
    entries.length <= MAX_CURSORS &&
    entries.every(([id, seq]) => isId(id) && Number.isSafeInteger(seq) && (seq as number) >= 0)
  );
};

const AreCursors = checkedBy(
  'areCursors',
  areCursors,
  `must map at most ${MAX_CURSORS} conversation ids to the last seq seen`,
);

export class SyncDto {
  /** The last seq that this device has, by conversation. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer', minimum: 0 } })
  @AreCursors()
  @IsObject()
  cursors: Record<string, number>;
}

export class SyncedConversationDto {
  id: string;
  lastSeq: number;
  readSeq: number;
  unread: number;
}

export class SyncResultDto {
  conversations: SyncedConversationDto[];
  /** Ask again with the cursors so moved. */
  more: boolean;
}

export class ReadBodyDto {
  @IsSeq(0)
  seq: number;
}

export class ReadConversationDto extends ReadBodyDto {
  @IsId()
  conversationId: string;
}

export class ReadResultDto {
  readSeq: number;
  unread: number;
}

export class ReadReceiptDto {
  conversationId: string;
  userId: string;
  seq: number;
}

export class TypingDto {
  @IsId()
  conversationId: string;
  @IsBoolean()
  active: boolean;
}

export class TypingSignalDto extends TypingDto {
  userId: string;
}

export class PresenceSubscribeDto {
  /** Friends and fellow members; others are left out of the answer. */
  @IsArray()
  @ArrayMaxSize(LIMITS.presenceUsers)
  @ApiProperty({ maxItems: LIMITS.presenceUsers })
  @IsId({ each: true })
  userIds: string[];
}

export class PresenceDto {
  online: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastSeenAt: string | null;
}

export class PresenceChangeDto extends PresenceDto {
  userId: string;
}

export class MediaDto {
  id: string;
  mime: string;
  /** Bytes. */
  size: number;
  /** Pixels. */
  width?: number;
  height?: number;
  thumbnailUrl?: string;
  blurhash?: string;
  url: string;
}

export class TextContentDto {
  text: string;
}
export class ImageContentDto {
  media: MediaDto;
}
export class FileContentDto {
  media: MediaDto;
  name: string;
}
export class SystemContentDto {
  @ApiProperty({ type: String })
  event: SystemEvent;
  userId?: string;
  name?: string;
}

export class MessageDto {
  id: string;
  conversationId: string;
  /** 1, 2, 3, … with no hole, the same for every reader. */
  seq: number;
  senderId: string;
  /** Only to its sender. */
  clientMsgId?: string;
  @ApiProperty({ enum: ['text', 'image', 'file', 'system'] })
  type: MessageType;
  /** Which of them says `type`. */
  @ApiProperty({
    // not oneOf: the content of a file has all that one of an image has
    anyOf: [TextContentDto, ImageContentDto, FileContentDto, SystemContentDto].map((model) => ({
      $ref: getSchemaPath(model),
    })),
  })
  content: object;
  replyTo?: MessageRefDto;
  @ApiProperty({ format: 'date-time' })
  sentAt: string;
}

export class MessagePageDto {
  messages: MessageDto[];
  hasMore: boolean;
  lastSeq: number;
}

export class HistoryQueryDto {
  /** Ascending, after this seq. */
  @MayBeMissing()
  @QueryInteger()
  @IsSeq(0)
  afterSeq?: number;

  /** Descending, before this seq. Neither of the two: descending from the newest. */
  @MayBeMissing()
  @QueryInteger()
  @IsSeq(1)
  beforeSeq?: number;

  /** 1–200. */
  @ApiPropertyOptional({ minimum: 1, maximum: LIMITS.history.max, default: LIMITS.history.default })
  @MayBeMissing()
  @QueryInteger()
  @IsInt({ message: 'must be a whole number' })
  @Min(1)
  @Max(LIMITS.history.max)
  limit: number = LIMITS.history.default;
}

export class OpenDirectDto {
  @IsId()
  userId: string;
}

export class ConversationSettingsDto {
  @ApiPropertyOptional()
  @MayBeMissing()
  @IsBoolean()
  muted?: boolean;

  @ApiPropertyOptional()
  @MayBeMissing()
  @IsBoolean()
  pinned?: boolean;
}

export class ConversationDto {
  id: string;
  @ApiProperty({ enum: ['direct', 'group'] })
  type: 'direct' | 'group';
  /** The other one of a direct conversation. */
  peer?: UserDto;
  group?: GroupCardDto;
  @ApiProperty({ type: () => MessageDto, nullable: true })
  lastMessage: MessageDto | null;
  lastSeq: number;
  readSeq: number;
  unread: number;
  muted: boolean;
  pinned: boolean;
  /** How far the other one of a direct conversation has read, while they are friends. */
  peerReadSeq?: number;
  /** In a group of at most a hundred: the furthest that any other member has read. Not there while none has. */
  othersReadSeq?: number;
  @ApiProperty({ format: 'date-time' })
  updatedAt: string;
}

export class ConversationPageDto {
  items: ConversationDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

/** Models that only sockets use; named so that the documents have their schemas. */
export const SOCKET_MODELS = [
  MessageDto,
  TextContentDto,
  ImageContentDto,
  FileContentDto,
  SystemContentDto,
  SendMessageDto,
  SendResultDto,
  SyncConversationDto,
  MessagePageDto,
  SyncDto,
  SyncResultDto,
  ReadConversationDto,
  ReadResultDto,
  ReadReceiptDto,
  TypingDto,
  TypingSignalDto,
  PresenceSubscribeDto,
  PresenceDto,
  PresenceChangeDto,
] as const;
