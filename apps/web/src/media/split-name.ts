/** Of the name before its ending, so that what stands before the ending can be told apart too. */
const BEFORE_ENDING = 4;
/** A longer "ending" is none; with its dot. */
const LONGEST_ENDING = 8;

/** A file's name in two: what may be cut short, and its end with the ending, which is to stay in sight. */
export function splitName(name: string): [start: string, end: string] {
  const characters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  const dot = characters.lastIndexOf('.');
  const ending = dot > 0 && characters.length - dot <= LONGEST_ENDING ? characters.length - dot : 0;
  const at = Math.max(0, characters.length - ending - BEFORE_ENDING);
  return [characters.slice(0, at).join(''), characters.slice(at).join('')];
}
