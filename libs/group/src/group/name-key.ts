const LENGTH = 128;

/**
 * A name as the directory compares it: compatible forms (NFKC, Unicode annex 15) and cases are one.
 * Cut at 128 code points, as compatible forms can be 18 times longer than the name.
 */
export const nameKey = (name: string): string => [...name.normalize('NFKC').toLowerCase()].slice(0, LENGTH).join('');
