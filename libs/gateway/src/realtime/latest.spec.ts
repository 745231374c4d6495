import { Logger } from '@nestjs/common';
import { Latest } from './latest.js';

describe('News of which only the last counts', () => {
  let told: string[];
  let news: Latest<string>;

  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    news = new Latest(1000, async (value) => void told.push(value));
  });
  afterEach(() => jest.useRealTimers());

  it('are told at once, and what comes within a second as one, for each apart', async () => {
    for (const name of ['Ann', 'Anna', 'Annabel']) await news.put('ann', name);
    await news.put('ben', 'Ben');
    expect(told).toEqual(['Ann', 'Ben']);
    await jest.advanceTimersByTimeAsync(1000);
    expect(told).toEqual(['Ann', 'Ben', 'Annabel']);
    // the pause goes on after those that waited
    await news.put('ann', 'A.');
    expect(told).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(1000);
    expect(told.at(-1)).toBe('A.');
    await jest.advanceTimersByTimeAsync(1000);
    await news.put('ann', 'Ann');
    expect(told.at(-1)).toBe('Ann');
    expect(told).toHaveLength(5);
  });

  it('are told after another pause when that failed, unless something newer has come, and not for ever', async () => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    let away = true;
    let tries = 0;
    news = new Latest(1000, async (value) => {
      tries++;
      if (away && value !== 'Ann') throw new Error('away');
      told.push(value);
    });
    for (const name of ['Ann', 'Anna']) await news.put('ann', name);
    await jest.advanceTimersByTimeAsync(1500);
    away = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect(told).toEqual(['Ann', 'Anna']);
    away = true;
    await news.put('ann', 'Annabel');
    await jest.advanceTimersByTimeAsync(1500);
    await news.put('ann', 'A.');
    away = false;
    await jest.advanceTimersByTimeAsync(5000);
    expect(told).toEqual(['Ann', 'Anna', 'A.']);
    away = true;
    for (const name of ['Ann', 'Anna']) await news.put('ann', name);
    tries = 0;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(tries).toBe(5);
  });
});
