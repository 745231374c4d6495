import type { Settle } from '@dunlin/contracts';
import type { ImSocket } from './im-socket.js';

/** One event of a client on its way through the gateway. */
export interface Arrival {
  readonly socket: ImSocket;
  /** Unchecked. */
  readonly payload: unknown;
  readonly traceId: string;
  /** Its ack. */
  readonly settle: Settle<unknown>;
}
