import * as argon2 from '@node-rs/argon2';
import { Passwords } from './passwords.js';

jest.mock('@node-rs/argon2', () => {
  const real = jest.requireActual<typeof argon2>('@node-rs/argon2');
  return { ...real, verify: jest.fn(real.verify) };
});
const verify = jest.mocked(argon2.verify);

describe('A password', () => {
  const passwords = new Passwords();
  beforeEach(() => {
    verify.mockClear();
  });

  it('is hashed anew each time and known again', async () => {
    const [one, two] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
    expect(one).not.toBe(two);
    expect(await passwords.matches(one, 'correct horse')).toBe(true);
    expect(await passwords.matches(one, 'correct horse ')).toBe(false);
  });

  it('costs the same work for a person who is not there', async () => {
    const known = await passwords.hash('correct horse');
    expect(await passwords.matches(known, 'wrong')).toBe(false);
    expect(await passwords.matches(undefined, 'wrong')).toBe(false);
    // what the work is, an argon2 hash says itself: its kind, memory, passes, lanes and the lengths of salt and key
    const work = verify.mock.calls.map(([hash]) => String(hash).split('$').slice(1, 4).join() + String(hash).length);
    expect(work).toHaveLength(2);
    expect(work[1]).toBe(work[0]);
  });

  it('waits in a line, two at a time, that has an end, and past it is told to come back', async () => {
    let running = 0;
    let most = 0;
    verify.mockImplementation(async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return true;
    });
    const attempts = await Promise.allSettled(Array.from({ length: 300 }, () => passwords.matches('known', 'x')));
    const refused = attempts.filter((attempt) => attempt.status === 'rejected');
    expect(refused).toHaveLength(300 - 2 - 256);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'busy', retryAfterMs: 2000 });
    expect(most).toBe(2);
    await expect(passwords.matches('known', 'x')).resolves.toBe(true);
  });
});
