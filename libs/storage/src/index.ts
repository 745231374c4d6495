/** SQL behind one door: connections per dialect, transactions, the outbox, migrations. */
export * from './columns.js';
export * from './connect.js';
export * from './cursor.js';
export * from './database.js';
export * from './dialect.js';
export { asFailure, isDuplicate, isLockWait } from './failures.js';
export * from './migration.js';
export * from './name-key.js';
export * from './outbox.js';
export * from './rows.js';
export * from './starting-with.js';
export * from './storage.module.js';
export * from './temporary.js';
export * from './unit-of-work.js';
