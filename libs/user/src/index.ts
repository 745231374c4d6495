export { UserModule } from './user.module.js';
export { userSchema } from './user.schema.js';
