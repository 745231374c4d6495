import { Passwords } from './passwords.js';

describe('A password', () => {
  const passwords = new Passwords();

  it('is hashed anew each time and known again', async () => {
    const [one, two] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
    expect(one).not.toBe(two);
    expect(await passwords.matches(one, 'correct horse')).toBe(true);
    expect(await passwords.matches(one, 'correct horse ')).toBe(false);
  });

  it('costs the same work for a person who is not there', async () => {
    const known = await passwords.hash('correct horse');
    const median = async (hash: string | undefined): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < 7; i++) {
        const begin = performance.now();
        expect(await passwords.matches(hash, 'wrong')).toBe(false);
        times.push(performance.now() - begin);
      }
      return times.sort((a, b) => a - b)[3] as number;
    };
    const [there, nobody] = [await median(known), await median(undefined)];
    // a hash left out would make it a hundred times as fast; a busy machine makes it twice as slow
    expect(nobody / there).toBeGreaterThan(0.25);
    expect(nobody / there).toBeLessThan(4);
  });

  it('waits in a line that has an end, and past it is told to come back', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 300 }, () => passwords.matches(undefined, 'x')));
    const refused = attempts.filter((attempt) => attempt.status === 'rejected');
    expect(refused).toHaveLength(300 - 2 - 256);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'busy', retryAfterMs: 2000 });
    await expect(passwords.matches(undefined, 'x')).resolves.toBe(false);
  });
});
