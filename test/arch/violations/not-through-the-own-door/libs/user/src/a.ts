import { b } from './index.js'; export const a = b;
