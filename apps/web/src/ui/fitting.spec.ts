import { fitting } from './fitting.js';

describe('What is typed into a field', () => {
  it.each([
    ['Ann', 4, 'Ann'],
    ['Ann Wader', 3, 'Ann'],
    ['🪶🪶🪶🪶', 4, '🪶🪶🪶🪶'],
    ['🪶🪶🪶🪶', 3, '🪶🪶🪶'],
    ['Ann 👩‍👩‍👧', 9, 'Ann 👩‍👩‍👧'],
    ['Ann 👩‍👩‍👧', 8, 'Ann '],
    ['e\u0301e\u0301', 3, 'e\u0301'],
  ])('%j is at most %d code points long, and no letter is cut: %j', (text, most, fits) => {
    expect(fitting(text, most)).toBe(fits);
  });
});
