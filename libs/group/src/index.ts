export { GroupModule } from './group.module.js';
export { groupSchema } from './group.schema.js';
