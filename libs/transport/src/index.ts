/** How contexts reach each other: the same handlers and the same calls in one process and over Kafka. */
export * from './connect-transport.js';
export * from './decorators.js';
export * from './transport.js';
export * from './transport.module.js';
