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
});
