export * from './event-bus.js';
export * from './media-processor.js';
export * from './media-store.js';
export * from './relations.js';
export * from './rpc-client.js';
export * from './session-registry.js';
