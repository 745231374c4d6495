import type { CallContext, RpcRequest } from '@dunlin/contracts';
import { currentTraceId, newId } from '@dunlin/platform';

const TIMEOUT_MS = 5000;

/** The envelope of a call. */
export const requestOf = <T>(data: T, { traceId, caller, timeoutMs, requestId }: CallContext): RpcRequest<T> => ({
  requestId: requestId ?? newId(),
  traceId: traceId ?? currentTraceId(),
  deadline: Date.now() + (timeoutMs ?? TIMEOUT_MS),
  caller: caller ?? null,
  data,
});
