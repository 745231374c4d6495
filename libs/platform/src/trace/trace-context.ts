import { AsyncLocalStorage } from 'node:async_hooks';
import { newId } from '../ids.js';

const traces = new AsyncLocalStorage<string>();

/** The trace id of what is going on, or a new one outside of any request. */
export const currentTraceId = (): string => traces.getStore() ?? newId();

/** The trace id of what is going on, if there is one. */
export const activeTraceId = (): string | undefined => traces.getStore();

/** Runs `work` so that logs and requests made in it carry the trace id. */
export const runInTrace = <T>(traceId: string, work: () => T): T => traces.run(traceId, work);
