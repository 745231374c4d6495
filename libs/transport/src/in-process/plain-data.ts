/**
 * What crosses between contexts in one process is passed as it is, not copied: a copy of every message would cost more
 * than storing it. Outside of production it is frozen, so that code which changes what it was given fails in a test
 * rather than in the one topology.
 */
export const asPlainData: <T>(value: T) => T = (value) => (checks ? deepFreeze(value) : value);

let checks = false;

/** Turns the check on or off for this process. */
export const checkPlainData = (on: boolean): void => {
  checks = on;
};

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
  return value;
}
