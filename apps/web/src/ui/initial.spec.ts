import { initialOf } from './initial.js';
import { isolated } from './isolated.js';

describe('A name', () => {
  it.each([
    ['ann', 'A'],
    ['  “ben”', 'B'],
    ['陈克丽', '陈'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧'],
    ['🇳🇱', '🇳🇱'],
    ['e\u0301mile', 'E\u0301'],
    ['\u202egnihtemos', 'G'],
    ['\u200b…', '?'],
  ])('%s is shown as %s where there is no picture', (name, initial) => {
    expect(initialOf(name)).toBe(initial);
  });

  it('in a sentence cannot turn what comes after it, nor end its own isolation', () => {
    expect(isolated('\u202eAnn')).toBe('\u2068Ann\u2069');
    expect(isolated('Ann\u2069\u202e')).toBe('\u2068Ann\u2069');
  });
});
