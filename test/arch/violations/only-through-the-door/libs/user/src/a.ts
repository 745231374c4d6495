import { b } from '../../storage/src/inner.js'; export const a = b;
