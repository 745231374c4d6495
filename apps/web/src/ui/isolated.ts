import { plain } from './plain.js';

const [FIRST_STRONG, POP] = ['\u2068', '\u2069'];

/** A name inside of a sentence, which keeps its own direction to itself (Unicode annex 9, isolates). */
export const isolated = (name: string): string => FIRST_STRONG + plain(name) + POP;
