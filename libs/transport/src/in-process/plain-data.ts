/**
 * What crosses between contexts in one process is passed as it is, not copied: a copy of every message would cost more
 * than storing it. Outside of production it is checked and frozen, so that code which changes what it was given, or
 * gives what JSON would change on its way (a Date, a Map, bytes), fails in a test rather than in the one topology.
 * A property that is `undefined` means the same as one that is not there: over Kafka it is not there.
 * @throws TypeError naming the path of what is not plain data
 */
export function freezePlain<T>(value: T, path = 'data'): T {
  if (typeof value !== 'object' || value === null) {
    if (!isPlainValue(value)) throw new TypeError(`${path} is not plain data: ${typeof value}`);
    return value;
  }
  if (Object.isFrozen(value)) return value;
  if (!isPlainObject(value)) throw new TypeError(`${path} is not plain data: ${value.constructor.name}`);
  Object.freeze(value);
  for (const [key, item] of Object.entries(value)) if (item !== undefined) freezePlain(item, `${path}.${key}`);
  return value;
}

const isPlainValue = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  value === null ||
  value === undefined ||
  (typeof value === 'number' && Number.isFinite(value));

const isPlainObject = (value: object): boolean =>
  Array.isArray(value) ||
  !(
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Promise ||
    value instanceof Error ||
    ArrayBuffer.isView(value) ||
    value instanceof ArrayBuffer ||
    typeof (value as { toJSON?: unknown }).toJSON === 'function'
  );
