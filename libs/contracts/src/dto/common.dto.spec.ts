import { isName } from './common.dto.js';

describe('A name', () => {
  it.each(['Ann', ' Ann ', '安', 'שלום', '🐦', '👩‍👩‍👧', '❤️', '…', 'a\u200bb', '⠓⠊', 'é'])('may be %j', (name) =>
    expect(isName(name, 1, 64)).toBe(true),
  );

  it.each([
    ' ',
    '\u00a0\u3000',
    '\u200b',
    '\u200d\u200c',
    '\u2060\ufeff',
    '\u2800',
    '\u3164',
    '\u115f\u1160',
    '\uffa0',
    '\u00ad',
    '\u200e\u202a',
    '\ufe0f',
    '\u{e0041}',
    '\u2028',
    '\u180e \u17b4',
    'a\u0007',
    '',
    'x'.repeat(65),
  ])('is not %j, of which nobody sees anything, or too much', (name) => expect(isName(name, 1, 64)).toBe(false));
});
