import type { Dialect } from './dialect.js';

/**
 * "`column` begins with `text`" and its parameters, as a range of the column's index: no wildcards, every character
 * counts, spaces at the end too.
 *
 * LIKE would not do: for a `utf8mb4_bin` column MySQL's range of it ends at U+FFFF, short of what goes on with an emoji.
 * And there comparing pads with spaces (PAD SPACE), so that "a" equals "a " and is greater than "a\t": the range is wide
 * enough for that, and what it holds is looked at byte by byte.
 */
export function startingWith(
  dialect: Dialect,
  column: string,
  text: string,
): { sql: string; parameters: (string | number)[] } {
  const end = firstAfter(text);
  const below = end === undefined ? [] : [`${column} < ?`];
  const bound = end === undefined ? [] : [end];
  if (dialect === 'sqlite') return { sql: [`${column} >= ?`, ...below].join(' AND '), parameters: [text, ...bound] };
  const exactly = `CAST(LEFT(${column}, ?) AS BINARY) = CAST(? AS BINARY)`;
  return {
    sql: [`${column} >= ?`, ...below, exactly].join(' AND '),
    parameters: [`${text}\0`, ...bound, [...text].length, text],
  };
}

/** The least text, by code points, that is greater than all that begin with this one; undefined if there is none. */
function firstAfter(text: string): string | undefined {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // surrogates are no characters
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
