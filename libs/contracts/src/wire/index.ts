/** What crosses the wire between a client and the server. Pure TypeScript; imports nothing. */
export * from './errors.js';
export * from './events.js';
export * from './limits.js';
export * from './types.js';
