import { b } from '../../platform/src/index.js'; export const a = b;
