import { invalid } from '@dunlin/contracts';

type Shape = readonly ('string' | 'number')[];
type Values<S extends Shape> = { [K in keyof S]: S[K] extends 'number' ? number : string };

/** The key of a page's last row, opaque to clients. */
export const encodeCursor = (values: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

/**
 * @param shape the types of the key's values
 * @throws DunlinError `validation_failed` for what is no cursor of this shape
 */
export function decodeCursor<const S extends Shape>(text: string, shape: S): Values<S> {
  try {
    const values = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    if (
      Array.isArray(values) &&
      values.length === shape.length &&
      shape.every((type, i) => typeof values[i] === type && (type === 'string' || Number.isFinite(values[i])))
    )
      return values as unknown as Values<S>;
  } catch {
    // falls through: whatever it was, it is no cursor
  }
  throw invalid('cursor', 'is not a cursor of this list');
}
