/** How contexts reach each other: the same handlers and the same calls in one process and over Kafka. */
export * from './connect-transport.js';
export * from './decorators.js';
export type { ServiceName } from './kafka/kafka-transport.js';
export { DEAD_LETTER_TOPICS, deadLetterTopic, ensureTopics } from './kafka/topics.js';
export * from './transport.js';
export * from './transport.module.js';
