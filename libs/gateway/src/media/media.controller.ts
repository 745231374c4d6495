import { Controller, Get, HttpCode, Param, Post, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import {
  DunlinError,
  IMAGE_MIMES,
  isFileName,
  isId,
  MediaDto,
  MediaProcessor,
  messageRpc,
  MediaStore,
  MediaUploadDto,
  RpcClient,
  type Caller,
  type Media,
  type MediaId,
  type MediaRecord,
  type Problem,
  type Variant,
} from '@dunlin/contracts';
import { Config } from '@dunlin/platform';
import { CurrentCaller } from '../http/auth/current-caller.decorator.js';
import { RateLimits } from '../limits/rate-limits.js';
import { ApiBytes } from './api-bytes.decorator.js';
import { mediaReply, type MediaReply, type MediaRequest } from './media-reply.js';
import { readUpload, type MultipartRequest } from './read-upload.js';
import { UploadMemory } from './upload-memory.js';

/** All uploads under way together; an upload holds its bytes until it is stored. */
const UPLOAD_MEMORY = 128 * 1024 * 1024;
const UPLOADS_PER_USER = 4;

@ApiTags('media')
@ApiBearerAuth()
@Controller('media')
export class MediaController {
  private readonly memory: UploadMemory;

  constructor(
    private readonly processor: MediaProcessor,
    private readonly store: MediaStore,
    private readonly rpc: RpcClient,
    private readonly limits: RateLimits,
    private readonly config: Config,
  ) {
    this.memory = new UploadMemory(Math.max(UPLOAD_MEMORY, 2 * config.mediaMaxBytes), UPLOADS_PER_USER);
  }

  /** Uploads one image or file. An image loses its metadata, GPS position included, and gets a thumbnail. */
  @Post()
  @HttpCode(201)
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: MediaUploadDto })
  @ApiCreatedResponse({ type: MediaDto })
  async upload(@CurrentCaller() caller: Caller, @Req() request: MultipartRequest): Promise<Media> {
    await this.limits.upload.take(caller.userId);
    const share = this.memory.begin(caller.userId);
    try {
      const upload = await readUpload(request, this.config.mediaMaxBytes, share);
      const record = await this.processor.store(upload, { uploaderId: caller.userId, expect: 'any' });
      if (isFileName(upload.fileName)) record.name = upload.fileName;
      return await this.register(record, caller);
    } finally {
      share.release();
    }
  }

  /** The bytes; `Range` with one range is understood. */
  @Get(':id')
  @ApiBytes(...IMAGE_MIMES, 'application/octet-stream')
  original(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: MediaRequest,
    @Res({ passthrough: true }) reply: MediaReply,
  ): Promise<StreamableFile | Problem | undefined> {
    return this.answer(caller, id, 'original', request, reply);
  }

  /** An image of at most 320 pixels each way. */
  @Get(':id/thumbnail')
  @ApiBytes('image/webp')
  thumbnail(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: MediaRequest,
    @Res({ passthrough: true }) reply: MediaReply,
  ): Promise<StreamableFile | Problem | undefined> {
    return this.answer(caller, id, 'thumbnail', request, reply);
  }

  private async register(record: MediaRecord, caller: Caller): Promise<Media> {
    try {
      return await this.rpc.call(messageRpc.registerMedia, record, { caller });
    } catch (error) {
      const failure = DunlinError.from(error);
      // after `timeout` and the like it may be registered all the same, and the bytes must stay
      if (!failure.retryable) await this.store.delete(record.id);
      throw failure;
    }
  }

  private async answer(
    caller: Caller,
    id: string,
    variant: Variant,
    request: MediaRequest,
    reply: MediaReply,
  ): Promise<StreamableFile | Problem | undefined> {
    if (!isId(id)) throw new DunlinError('not_found');
    const record = await this.rpc.call(messageRpc.findMedia, { mediaId: id as MediaId }, { caller });
    if (variant === 'thumbnail' && !record.hasThumbnail) throw new DunlinError('not_found');
    return mediaReply(this.store, record, variant, request, reply);
  }
}
