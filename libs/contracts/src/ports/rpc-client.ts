import { DunlinError } from '../errors.js';
import type { Caller, Rpc, Settle } from '../rpc/index.js';

export interface CallContext {
  traceId?: string;
  caller?: Caller | null;
  /** Milliseconds; default 5,000. */
  timeoutMs?: number;
  /** Default: a new one. */
  requestId?: string;
}

/**
 * How one context asks another, in either topology.
 * @throws DunlinError with the handler's code; `timeout` past the deadline; `unavailable` when it could not be sent.
 */
export abstract class RpcClient {
  abstract call<Data, Result>(
    rpc: Rpc<Data, Result, true>,
    data: Data,
    context: CallContext & { caller: Caller },
  ): Promise<Result>;
  abstract call<Data, Result>(rpc: Rpc<Data, Result, false>, data: Data, context?: CallContext): Promise<Result>;

  /** `call` without a promise, for what comes thousands of times a second: `settle` hears what it would throw, too. */
  submit<Data, Result>(
    rpc: Rpc<Data, Result, true>,
    data: Data,
    context: CallContext & { caller: Caller },
    settle: Settle<Result>,
  ): void {
    this.call(rpc, data, context).then(
      (result) => settle(undefined, result),
      (error: unknown) => settle(DunlinError.from(error)),
    );
  }
}
