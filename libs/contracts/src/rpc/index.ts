export * from './group.js';
export * from './message.js';
export * from './rpc.js';
export * from './user.js';
