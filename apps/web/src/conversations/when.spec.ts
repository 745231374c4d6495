import { ago, shortTime } from './when.js';

const NOON = new Date(2026, 10, 27, 12).getTime();
const MIDNIGHT = new Date(NOON).setHours(0, 0, 0, 0);
const before = (hours: number): string => new Date(NOON - hours * 3_600_000).toISOString();

describe('When something was', () => {
  beforeAll(() =>
    Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en-GB'] }, configurable: true }),
  );

  it.each([
    [0.01, 'now'],
    [0.25, '15 minutes ago'],
    [3, '3 hours ago'],
    [24, 'yesterday'],
    [-0.25, 'now'],
  ])('%d hours before is said as %s, and never as to come', (hours, said) => {
    expect(ago(before(hours), 'en', NOON)).toBe(said);
  });

  it('is a time as long as the day lasts, then a weekday, then a date', () => {
    const at = before(0);
    expect(shortTime(at, 'en', MIDNIGHT)).toMatch(/12:00/);
    expect(shortTime(at, 'en', MIDNIGHT + 24 * 3_600_000)).toBe('Fri');
    expect(shortTime(at, 'en', MIDNIGHT + 7 * 24 * 3_600_000)).toMatch(/27/);
  });
});
