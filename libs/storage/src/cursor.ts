import { invalid } from '@dunlin/contracts';

type Shape = readonly ('string' | 'number')[];
type Values<S extends Shape> = { [K in keyof S]: S[K] extends 'number' ? number : string };

/** The key of a page's last row, opaque to clients. */
const encodeCursor = (list: string, values: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify([list, ...values])).toString('base64url');

/**
 * A page of a list, and the cursor to go on with.
 * @param list names the list, so that the cursor of another one is not taken for one of this
 * @param rows in their order; one more than `limit`, if there are so many
 * @param keyOf by which the rows are ordered: what {@link decodeCursor} gives for the next page
 */
export function pageOf<T>(
  list: string,
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => readonly (string | number)[],
): { page: T[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(list, keyOf(last)) : null };
}

/**
 * @param list as given to {@link pageOf}
 * @param shape the types of the key's values
 * @throws DunlinError `validation_failed` for what is no cursor of this shape
 */
export function decodeCursor<const S extends Shape>(list: string, text: string, shape: S): Values<S> {
  try {
    const [name, ...values] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    if (
      name === list &&
      values.length === shape.length &&
      shape.every((type, i) => typeof values[i] === type && (type === 'string' || Number.isFinite(values[i])))
    )
      return values as unknown as Values<S>;
  } catch {
    // falls through: whatever it was, it is no cursor
  }
  throw invalid('cursor', 'is not a cursor of this list');
}
