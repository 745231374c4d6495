import { b } from '../../../apps/user/src/b.js'; export const a = b;
