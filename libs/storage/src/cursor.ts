import { invalid } from '@dunlin/contracts';

type Shape = readonly ('string' | 'number')[];
type Values<S extends Shape> = { [K in keyof S]: S[K] extends 'number' ? number : string };

/**
 * The key of a page's last row, opaque to clients.
 * @param list names the list, so that the cursor of another one is not taken for one of this
 */
export const encodeCursor = (list: string, values: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify([list, ...values])).toString('base64url');

/**
 * @param list as given to {@link encodeCursor}
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
