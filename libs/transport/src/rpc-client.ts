import {
  DunlinError,
  RpcClient,
  type CallContext,
  type Caller,
  type DomainEvent,
  type EventEnvelope,
  type Rpc,
  type RpcRequest,
  type Settle,
} from '@dunlin/contracts';
import { activeTraceId, newId, type Clock } from '@dunlin/platform';
import { metrics } from './metrics.js';

const TIMEOUT_MS = 5000;

/** What both of our Nest clients can do besides `send` and `emit`, without a detour through observables. */
export interface Wire {
  /**
   * @param timeoutMs milliseconds from now
   * @throws DunlinError with the handler's code, `timeout`, `busy` or `unavailable`
   */
  request<Data>(rpc: Rpc<Data, unknown>, request: RpcRequest<Data>, timeoutMs: number): Promise<unknown>;
  /** The same, and `settle` hears what it would throw. */
  submit<Data>(rpc: Rpc<Data, unknown>, request: RpcRequest<Data>, timeoutMs: number, settle: Settle<unknown>): void;
  /** @throws DunlinError `unavailable` or `busy` when it was not taken */
  announce<T>(event: DomainEvent<T>, envelope: EventEnvelope<T>): Promise<void>;
}

/** Makes the envelope of a call and measures it; the rest is the transport's. */
export class TransportRpcClient extends RpcClient {
  constructor(
    private readonly wire: Wire,
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
    const { timeoutMs = TIMEOUT_MS } = context;
    const started = performance.now();
    const request = this.requestOf(data, context, timeoutMs);
    return this.wire.request(rpc as Rpc<Data, unknown>, request, timeoutMs).then(
      (result) => {
        metrics.rpc(rpc.pattern, 'ok', (performance.now() - started) / 1000);
        return result as Result;
      },
      (error: unknown) => {
        const failure = DunlinError.from(error);
        metrics.rpc(rpc.pattern, failure.code, (performance.now() - started) / 1000);
        throw failure;
      },
    );
  }

  override submit<Data, Result>(
    rpc: Rpc<Data, Result, true>,
    data: Data,
    context: CallContext & { caller: Caller },
    settle: Settle<Result>,
  ): void {
    const { timeoutMs = TIMEOUT_MS } = context;
    const started = performance.now();
    const request = this.requestOf(data, context, timeoutMs);
    this.wire.submit(rpc as Rpc<Data, unknown>, request, timeoutMs, (error, result) => {
      metrics.rpc(rpc.pattern, error?.code ?? 'ok', (performance.now() - started) / 1000);
      settle(error, result as Result);
    });
  }

  private requestOf<Data>(
    data: Data,
    { traceId, caller, requestId }: CallContext,
    timeoutMs: number,
  ): RpcRequest<Data> {
    const id = requestId ?? newId();
    return {
      requestId: id,
      traceId: traceId ?? activeTraceId() ?? id,
      deadline: this.clock.now() + timeoutMs,
      caller: caller ?? null,
      data,
    };
  }
}
