/** Everything that crosses a boundary between contexts or processes. */
export * from './access-token.js';
export * from './dto/index.js';
export * from './errors.js';
export * from './events/index.js';
export * from './ids.js';
export * from './ports/index.js';
export * from './rpc/index.js';
export * from './topics.js';
export * from './wire/index.js';
