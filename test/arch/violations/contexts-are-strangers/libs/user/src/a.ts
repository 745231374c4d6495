import { b } from '../../group/src/index.js'; export const a = b;
