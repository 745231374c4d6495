const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What stands for a name in a picture's place: its first letter, digit or emoji, whole. */
export function initialOf(name: string): string {
  for (const { segment } of letters.segment(name))
    if (/[\p{L}\p{N}\p{Emoji_Presentation}\p{Extended_Pictographic}]/u.test(segment)) return segment.toUpperCase();
  return '?';
}
