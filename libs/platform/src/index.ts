/** What every process needs: settings, logs, trace ids, health, metrics, a clock and a way to end. */
export * from './bootstrap.js';
export * from './chunks.js';
export * from './clock.js';
export * from './config/config.js';
export * from './config/load.js';
export * from './failpoints/failpoints.js';
export * from './folders.js';
export * from './grouped.js';
export * from './health/health.js';
export * from './ids.js';
export * from './logging/pino-logger.js';
export * from './lru.js';
export * from './open-route.js';
export * from './platform.module.js';
export { StartError } from './start-error.js';
export * from './trace/trace-context.js';
export * from './version.js';
export * from './work-limiter.js';
