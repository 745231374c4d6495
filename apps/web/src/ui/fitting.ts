const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * As much of a text as may be sent. The server counts code points, and a letter or emoji made of several is not cut apart.
 *
 * @param most in code points
 */
export function fitting(text: string, most: number): string {
  if (text.length <= most) return text;
  let [end, count] = [0, 0];
  for (const { segment } of letters.segment(text)) {
    count += [...segment].length;
    if (count > most) break;
    end += segment.length;
  }
  return text.slice(0, end);
}
