import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const { prototype } = RequestQueue;
const look = Object.getOwnPropertyDescriptor(prototype, 'scheduleCheckPendingRequests')?.value as () => void;

/**
 * kafkajs 2.2.4 looks each millisecond whether a request waits, on every connection and for as long as it is open: a
 * process with six of them wakes 1,500 times a second for nothing (https://github.com/tulios/kafkajs/issues/1556). What
 * comes to wait asks for a look itself, so there is no need for one while nothing waits.
 */
export function lookOnlyForWhatWaits(): void {
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) look.call(this);
  };
}
