export * from './event.js';
export * from './events.js';
