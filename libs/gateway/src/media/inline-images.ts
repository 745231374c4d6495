import { Injectable } from '@nestjs/common';
import { DATA_URI, invalid, MediaProcessor, messageRpc, RpcClient, type Caller, type MediaId } from '@dunlin/contracts';

const refused = (): Error => invalid('content.data', 'must be a data URI of a PNG, JPEG, WebP or GIF image');

/** Images that come inside of a message. */
@Injectable()
export class InlineImages {
  constructor(
    private readonly processor: MediaProcessor,
    private readonly rpc: RpcClient,
  ) {}

  /**
   * Stores the image of a `data:image/…;base64,…` URI (RFC 2397) as the caller's. The same image of the same caller is
   * the same media, so a send that is repeated stays the same message.
   * @throws DunlinError `validation_failed` at `content.data`; what {@link MediaProcessor} and the message service throw
   */
  async store(caller: Caller, dataUri: string): Promise<MediaId> {
    const record = await this.processor.store(
      { bytes: bytesOf(dataUri) },
      { uploaderId: caller.userId, expect: 'image', contentAddressed: true },
    );
    const { id } = await this.rpc.call(messageRpc.registerMedia, record, { caller });
    return id as MediaId;
  }
}

function bytesOf(dataUri: string): Buffer {
  const prefix = DATA_URI.exec(dataUri)?.[0];
  if (prefix === undefined) throw refused();
  const encoded = dataUri.slice(prefix.length);
  const bytes = Buffer.from(encoded, 'base64');
  // Node skips what is no base64 and takes what is cut; the one canonical spelling of the bytes is asked for instead.
  if (bytes.length === 0 || bytes.toString('base64') !== encoded) throw refused();
  return bytes;
}
