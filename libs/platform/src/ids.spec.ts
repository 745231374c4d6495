import { newId } from './ids.js';

describe('an id', () => {
  const ids = Array.from({ length: 20_000 }, () => newId());

  it('is a UUID of version 7 without dashes', () => {
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });

  it('sorts after those made before it, within one millisecond too', () => {
    expect([...ids].sort()).toEqual(ids);
  });

  it('cannot be told from the one before it', () => {
    const tails = ids.map((id) => id.slice(-11));
    expect(new Set(tails).size).toBe(ids.length);
  });
});
