declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface Options {
    maxInFlightRequests: number | null;
    requestTimeout: number;
    enforceRequestTimeout: boolean;
    clientId: string;
    broker: string;
    logger: { debug(message: string, extra?: object): void };
  }

  /** Requests on one connection that wait for their turn or for their answer. */
  export default class RequestQueue {
    constructor(options: Options);
    readonly pending: unknown[];
    /** Milliseconds since the epoch. */
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    push(request: { entry: { correlationId: number }; expectResponse: boolean; sendRequest: () => void }): void;
    fulfillRequest(response: { correlationId: number; payload: Buffer; size: number }): void;
    scheduleCheckPendingRequests(): void;
  }
}
