export * from './decorators.js';
export * from './transport.module.js';
