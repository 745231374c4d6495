/** One letter can become eighteen in NFKC, and a search is for the start of a name anyway. */
const KEY_LENGTH = 128;

/**
 * What two spellings of a name have in common, for {@link startingWith}: compatible forms (NFKC, Unicode annex 15) and cases
 * are one, and so are the two small sigmas, of which a word's end decides. At most 128 code points.
 */
export const nameKey = (name: string): string =>
  Array.from(name.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ')).slice(0, KEY_LENGTH).join('');
