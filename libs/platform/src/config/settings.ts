import { isIP } from 'node:net';

/** One environment variable: its name, what is expected, how it is read. */
export interface Setting<T> {
  name: string;
  expected: string;
  /** @returns the value; throws when the text is not what is expected. */
  parse: (text: string) => T;
  /** For an absent or empty variable. */
  fallback?: T;
}

const refuse = (): never => {
  throw new Error('refused');
};

export const integer =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= min && value <= max ? value : refuse();
  };

export const oneOf =
  <T extends string>(...values: readonly T[]) =>
  (text: string): T =>
    values.find((value) => value === text) ?? refuse();

export const flag = (text: string): boolean => oneOf('on', 'off')(text) === 'on';

export const url =
  (...protocols: string[]) =>
  (text: string): string => {
    if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) refuse();
    return text;
  };

export const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export const hostPorts = (text: string): string[] => {
  const items = list(text);
  if (items.length === 0 || !items.every((item) => /^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(item))) refuse();
  return items;
};

const isNetwork = (item: string): boolean => {
  const [address = '', bits, ...rest] = item.split('/');
  const version = isIP(address);
  return (
    version !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
  );
};

/** Addresses and networks (`192.0.2.1`, `10.0.0.0/8`), and the names that Fastify has for some. */
export const networks = (text: string): string[] => {
  const items = list(text);
  if (
    items.length === 0 ||
    !items.every((item) => ['loopback', 'linklocal', 'uniquelocal'].includes(item) || isNetwork(item))
  )
    refuse();
  return items;
};

export const origins = (text: string): string[] => {
  const items = list(text);
  for (const item of items) if (item !== '*' && new URL(item).origin !== item) refuse();
  return items;
};

export const plain =
  (pattern: RegExp) =>
  (text: string): string =>
    pattern.test(text) ? text : refuse();
