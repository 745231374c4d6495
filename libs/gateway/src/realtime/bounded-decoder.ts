import { LIMITS } from '@dunlin/contracts';
import { Decoder, Encoder, protocol } from 'socket.io-parser';

/** Shorter texts are not worth a look: whatever they hold is taken apart in a millisecond. */
const LOOKED_AT_CHARS = 16 * 1024;
/**
 * Values in one frame: a sync may name ten thousand conversations. A frame of a megabyte that is one text is parsed in a
 * millisecond, one of small objects in sixty.
 */
const VALUES_MAX = 32 * 1024;

/** Packets that one connection may send in a second: one body of a client that polls can hold a hundred thousand. */
const PACKETS_PER_SECOND = 10_000;

/**
 * Socket.IO's decoder with limits, upon which it ends the connection: on the values of a frame, on packets, and on bytes
 * that belong to an event. These come in frames of their own and are held until the last is there: ten of them by the
 * library's own limit, each as large as a frame may be, and from anybody who opens a connection. Together they must
 * fit in one frame. No event takes any.
 */
class BoundedDecoder extends Decoder {
  private held = 0;
  private packets = 0;
  private since = 0;

  /** @throws Error, upon which Socket.IO ends the connection */
  override add(frame: unknown): void {
    this.countPacket();
    if (typeof frame === 'string') {
      this.held = 0;
      if (frame.length > LOOKED_AT_CHARS && hasTooManyValues(frame)) throw new Error('Values over the limit');
    } else if ((this.held += (frame as Buffer).byteLength) > LIMITS.frameBytes) {
      throw new Error('Attachments over the limit');
    }
    super.add(frame);
  }

  private countPacket(): void {
    const now = performance.now();
    if (now - this.since > 1000) {
      this.since = now;
      this.packets = 0;
    }
    if (++this.packets > PACKETS_PER_SECOND) throw new Error('Packets over the limit');
  }
}

const COMMA = 0x2c;
const BRACE = 0x7b;
const BRACKET = 0x5b;

/** By the signs of JSON that begin a value. Those inside of texts count as well: no text may be so long. */
function hasTooManyValues(json: string): boolean {
  let values = 0;
  for (let i = 0; i < json.length; i++) {
    const sign = json.charCodeAt(i);
    if ((sign === COMMA || sign === BRACE || sign === BRACKET) && ++values > VALUES_MAX) return true;
  }
  return false;
}

/** Socket.IO's own parser but for that. */
export const boundedParser = { Encoder, Decoder: BoundedDecoder, protocol };
