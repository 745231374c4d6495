import {
  RPC_TIMEOUT_MS,
  RpcClient,
  type CallContext,
  type Caller,
  type Rpc,
  type RpcRequest,
  type Settle,
} from '@dunlin/contracts';
import { activeTraceId, newId, type Clock } from '@dunlin/platform';
import { metrics } from './metrics.js';
import type { TransportClient } from './transport.js';

/** Makes the envelope of a call and measures it; the rest is the transport's. */
export class TransportRpcClient extends RpcClient {
  constructor(
    private readonly client: TransportClient,
    private readonly clock: Clock,
  ) {
    super();
  }

  override call<Data, Result>(
    rpc: Rpc<Data, Result, true>,
    data: Data,
    context: CallContext & { caller: Caller },
  ): Promise<Result>;
  override call<Data, Result>(rpc: Rpc<Data, Result, false>, data: Data, context?: CallContext): Promise<Result>;
  override call<Data, Result>(rpc: Rpc<Data, Result>, data: Data, context: CallContext = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.ask(rpc, data, context, (error, result) => (error ? reject(error) : resolve(result as Result)));
    });
  }

  override submit<Data, Result>(
    rpc: Rpc<Data, Result, true>,
    data: Data,
    context: CallContext & { caller: Caller },
    settle: Settle<Result>,
  ): void {
    this.ask(rpc, data, context, settle);
  }

  private ask<Data, Result>(
    rpc: Rpc<Data, Result>,
    data: Data,
    { timeoutMs = RPC_TIMEOUT_MS, traceId, caller, requestId }: CallContext,
    settle: Settle<Result>,
  ): void {
    const started = performance.now();
    const id = requestId ?? newId();
    const request: RpcRequest<Data> = {
      requestId: id,
      traceId: traceId ?? activeTraceId() ?? id,
      deadline: this.clock.now() + timeoutMs,
      caller: caller ?? null,
      data,
    };
    this.client.submit(rpc as Rpc<Data, unknown>, request, timeoutMs, (error, result) => {
      metrics.rpc(rpc.pattern, error?.code ?? 'ok', (performance.now() - started) / 1000);
      settle(error, result as Result);
    });
  }
}
