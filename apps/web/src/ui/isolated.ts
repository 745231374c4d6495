const [FIRST_STRONG, POP] = ['\u2068', '\u2069'];

/** A name inside of a sentence: characters in it that turn text around do so to itself alone (Unicode annex 9, isolates). */
export const isolated = (name: string): string => FIRST_STRONG + name.replace(/[\u2066-\u2069]/g, '') + POP;
