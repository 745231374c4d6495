import type { DunlinError } from '../errors.js';
import type { SessionId, UserId } from '../ids.js';
import type { Topic } from '../topics.js';

/** How long an answer is waited for, where the caller does not say. */
export const RPC_TIMEOUT_MS = 5000;

/** Who asks, as the gateway authenticated them. */
export interface Caller {
  userId: UserId;
  sessionId: SessionId;
}

/** What every request carries to a service, in either topology. */
export interface RpcRequest<T> {
  /** Unique per request. A record that Kafka delivers twice has the same one: see UnitOfWork.once. */
  requestId: string;
  traceId: string;
  /** Milliseconds since the epoch; past it nobody waits for the answer: see {@link Rpc.late}. */
  deadline: number;
  /** Null for open routes and for what a service asks on its own behalf. */
  caller: Caller | null;
  data: T;
}

/** A request whose caller is known; handlers of guarded patterns take this. */
export interface AuthedRequest<T> extends RpcRequest<T> {
  caller: Caller;
}

/** One request pattern: its name, where it goes, and (in the type alone) what it takes and gives. */
export interface Rpc<Data = unknown, Result = unknown, Authed extends boolean = boolean> {
  readonly pattern: string;
  readonly topic: Topic;
  /** Handlers of a guarded pattern may rely on `caller`. */
  readonly authed: Authed;
  /** The value is encrypted on its way through Kafka, since it or its answer holds credentials. */
  readonly sealed: boolean;
  /** Handled even past its deadline, by which its handler knows that nobody waits; others are dropped then. */
  readonly late: boolean;
  /**
   * A refusal is told at once, though the request might come again and be granted: it only reads, or it does no harm.
   * Others are told when they cannot come again (docs/adr/0004).
   */
  readonly refusedAtOnce: boolean;
  /** Records with the same key keep their order. Default: the caller, else the request. */
  readonly key?: (data: Data) => string;
  readonly _types?: { data: Data; result: Result };
}

/** Hears of an outcome, once: an error, or else the result. Must not throw. */
export type Settle<Result> = (error: DunlinError | undefined, result?: Result) => void;

/** One of the requests that a batched handler is given at once, and where its outcome goes. */
export interface Submission<Data = unknown, Result = unknown> {
  readonly request: AuthedRequest<Data>;
  readonly settle: Settle<Result>;
  /** Where the result can be told along with an event, if the transport has a way: see {@link Answer}. */
  readonly back?: ReturnAddress;
}

/** The transport's own: who waits for the outcome of a submission. */
export type ReturnAddress = object;

/** A result that travels with the event of what was done, since both would be told at the same moment. */
export interface Answer {
  to: ReturnAddress;
  result: unknown;
}

export type SubmissionOf<R> = R extends Rpc<infer D, infer S> ? Submission<D, S> : never;

export type RequestOf<R> =
  R extends Rpc<infer D, unknown, infer A> ? (A extends true ? AuthedRequest<D> : RpcRequest<D>) : never;

interface RpcOptions<Data> {
  sealed?: boolean;
  late?: boolean;
  refusedAtOnce?: boolean;
  key?: (data: Data) => string;
}

const DEFAULTS = { sealed: false, late: false, refusedAtOnce: false };

/** Options of what only reads. */
export const READS = { refusedAtOnce: true };

/** Definitions of one service's patterns: `const define = rpcOf(TOPICS.userRequests)`. */
export const rpcOf = (topic: Topic) => ({
  /** The caller must be signed in. */
  guarded: <Data, Result>(pattern: string, options: RpcOptions<Data> = {}): Rpc<Data, Result, true> => ({
    ...DEFAULTS,
    ...options,
    pattern,
    topic,
    authed: true,
  }),
  /** For open routes and for services among themselves. */
  open: <Data, Result>(pattern: string, options: RpcOptions<Data> = {}): Rpc<Data, Result, false> => ({
    ...DEFAULTS,
    ...options,
    pattern,
    topic,
    authed: false,
  }),
});
