export { MessageModule } from './message.module.js';
export { messageSchema } from './message.schema.js';
