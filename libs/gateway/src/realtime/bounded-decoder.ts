import { LIMITS } from '@dunlin/contracts';
import { Decoder, Encoder, protocol } from 'socket.io-parser';

/**
 * Bytes that belong to an event come in frames of their own and are held until the last is there: ten of them by the
 * library's own limit, each as large as a frame may be, and from anybody who opens a connection. Together they must
 * fit in one frame. No event takes any.
 */
class BoundedDecoder extends Decoder {
  private held = 0;

  /** @throws Error, upon which Socket.IO ends the connection */
  override add(frame: unknown): void {
    if (typeof frame === 'string') this.held = 0;
    else if ((this.held += (frame as Buffer).byteLength) > LIMITS.frameBytes)
      throw new Error('Attachments over the limit');
    super.add(frame);
  }
}

/** Socket.IO's own parser but for that. */
export const boundedParser = { Encoder, Decoder: BoundedDecoder, protocol };
