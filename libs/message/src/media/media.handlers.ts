import { Controller } from '@nestjs/common';
import { messageRpc, type Media, type MediaRecord, type RequestOf } from '@dunlin/contracts';
import { RpcHandler } from '@dunlin/transport';
import { MediaService } from './media.service.js';

@Controller()
export class MediaHandlers {
  constructor(private readonly media: MediaService) {}

  @RpcHandler(messageRpc.registerMedia)
  register({ data, caller }: RequestOf<typeof messageRpc.registerMedia>): Promise<Media> {
    return this.media.register(data, caller.userId);
  }

  @RpcHandler(messageRpc.findMedia)
  find({ data, caller }: RequestOf<typeof messageRpc.findMedia>): Promise<MediaRecord> {
    return this.media.find(data.mediaId, caller.userId);
  }

  @RpcHandler(messageRpc.publishMedia)
  async publish({ data, caller }: RequestOf<typeof messageRpc.publishMedia>): Promise<null> {
    await this.media.publish(data.mediaId, caller.userId);
    return null;
  }
}
