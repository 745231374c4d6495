import { isSeen } from './is-seen.js';

describe('A text', () => {
  it.each([
    ['', 'nothing'],
    [' \n\t\u00a0\u3000', 'white space'],
    ['\u200b\u200c\u200d\u2060\ufeff', 'characters without width'],
    ['\u2800\u2800', 'empty Braille cells'],
    ['\u3164\u115f\u1160\uffa0', 'fillers of Hangul'],
    ['\u00ad\u034f\u061c\u200e\u202e\u2066', 'marks of direction and of hyphens'],
    ['\ufe0f\u{e0041}\u{e01ef}', 'selectors and tags'],
  ])('of %j, %s, is not seen', (text) => {
    expect(isSeen(text)).toBe(false);
  });

  it.each(['x', '\u200bx', '0', '。', '👩‍👩‍👧', '❤️', '가', '⠁', '\u202eabc'])('%j is seen', (text) => {
    expect(isSeen(text)).toBe(true);
  });
});
