/** `points` in `seconds`, counted in a fixed window over all gateways (in Redis; without it, by each gateway). */
export interface WindowRule {
  points: number;
  seconds: number;
}

/** A bucket of `burst` that refills by `perSecond`, by each gateway in memory: for what happens often. */
export interface BucketRule {
  perSecond: number;
  burst: number;
}

/**
 * What one may do how often. Past it, where nothing else is said, the answer is `rate_limited` with the time to wait.
 *
 * | What | Counted by | How often |
 * |---|---|---|
 * | failed sign-ins | address and username | 10 in 15 min |
 * | failed sign-ins | address | 100 in 15 min |
 * | registrations | address | 600 an hour |
 * | token refreshes | address | 120 a minute |
 * | uploads | user | 60 a minute |
 * | friend requests | user | 300 an hour |
 * | groups founded | user | 100 an hour |
 * | changes of one's profile | user | 100 an hour |
 * | changes of friendships, blocks and groups, answers to requests among them | user | 5 a second, 100 at once |
 * | HTTP requests | user | 50 a second, 300 at once; a history page counts once more for every 16,384 characters in it, a page of conversations also for every 25 of them |
 * | messages sent | user | 100 a second, 300 at once |
 * | other socket events | user | 100 a second, 300 at once; a sync counts once more for every 250 cursors, a subscription to presence for every 20 people, a history page as over HTTP |
 * | bytes that come over sockets, 512 more a frame | user | 1 MiB a second, 8 MiB at once; past it they are read later, a connection's at 256 KiB a second at least |
 * | socket handshakes | address | 5,000 a minute |
 * | connections opened, whether a handshake follows or not | address | 10,000 a minute |
 * | open sockets | user | 50 |
 *
 * Failed sign-ins are never counted by username alone: that would let anyone lock anyone out. A change of password that fails
 * counts as two of them, since it tries two passwords. An IPv6 address counts by its /64, which is what one customer gets
 * (RFC 6177).
 */
export const WINDOWS = {
  loginOfAccount: { points: 10, seconds: 15 * 60 },
  loginOfAddress: { points: 100, seconds: 15 * 60 },
  registration: { points: 600, seconds: 60 * 60 },
  refresh: { points: 120, seconds: 60 },
  upload: { points: 60, seconds: 60 },
  friendRequest: { points: 300, seconds: 60 * 60 },
  group: { points: 100, seconds: 60 * 60 },
  profile: { points: 100, seconds: 60 * 60 },
} as const satisfies Record<string, WindowRule>;

export const BUCKETS = {
  httpRequest: { perSecond: 50, burst: 300 },
  change: { perSecond: 5, burst: 100 },
  message: { perSecond: 100, burst: 300 },
  socketEvent: { perSecond: 100, burst: 300 },
  intake: { perSecond: 1024 * 1024, burst: 8 * 1024 * 1024 },
  handshake: { perSecond: 5000 / 60, burst: 5000 },
  opening: { perSecond: 10_000 / 60, burst: 10_000 },
} as const satisfies Record<string, BucketRule>;

/** Cursors of a sync that the event loop is busy with for about as long as with any other event. */
export const CURSORS_PER_EVENT = 250;
/** The same for the people of a subscription to presence, each of whom is looked up. */
export const PEOPLE_PER_EVENT = 20;
/** The same for the texts of a page, which are read, taken apart and put together again. */
export const CHARACTERS_PER_EVENT = 16 * 1024;

/** The same for conversations, each of which is put together from what several services know. */
export const CONVERSATIONS_PER_EVENT = 25;

/** However much the others of a person send, a connection is read so fast. */
export const SLOWEST_BYTES_PER_MS = 256;

export const CONNECTIONS_PER_USER = 50;
/** When to try again with too many sockets open: nobody knows when one closes. Milliseconds. */
export const CONNECTION_RETRY_MS = 5000;
