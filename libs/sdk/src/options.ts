import type { Channel } from './platform/channel.js';
import type { Locks } from './platform/locks.js';
import type { Storage } from './storage/storage.js';
import type { BackoffOptions } from './transport/backoff.js';
import type { Fetch } from './transport/http.js';

export interface DunlinOptions {
  /** The server: `https://chat.example.org`. */
  url: string;
  /**
   * Where session, outbox and cache are kept. Default: IndexedDB in the browser, memory elsewhere; `@dunlin/sdk/node` has one
   * in files. One storage is for one person at a time.
   */
  storage?: Storage;
  /**
   * How clients that share `storage` keep out of each other's way. Default: for an IndexedDbStorage, given or not, what the
   * tabs of a browser need; any other is taken to be this client's own.
   */
  sharing?: { locks: Locks; channel: Channel };
  /** Pauses between attempts to connect, and between attempts of what the server could not do just now. */
  backoff?: BackoffOptions;
  /** How long a request may take; of a picture or file, how long nothing more of it may come. Default 30,000 ms. */
  requestTimeoutMs?: number;
  /** A connection on which an event stays unanswered this long is given up. Default 10,000 ms. */
  ackTimeoutMs?: number;
  /** A larger file is refused unread. Default: what the server takes, which it is asked when it can be reached. */
  maxFileBytes?: number;
  /** Messages of each conversation that are kept for a start without the network. Default 100. */
  cachedMessages?: number;
  /**
   * How many missed messages of a conversation are fetched and told after a disconnect; with more missed, only the newest
   * page is, and the rest when a timeline gets there. Default 1,000.
   */
  maxMissed?: number;
  /** Default: `websocket`, then `polling`. */
  transports?: ('websocket' | 'polling')[];
  /** Default: the platform's. */
  fetch?: Fetch;
}
