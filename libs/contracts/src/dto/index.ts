export * from './common.dto.js';
export * from './conversation.dto.js';
export * from './group.dto.js';
export * from './media.dto.js';
export * from './send.js';
export * from './user.dto.js';
