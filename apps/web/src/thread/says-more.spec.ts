import { saysMore } from './says-more.js';

describe('A text that is pasted with files', () => {
  it.each([
    ['Low tide\t12:40', ['image.png'], true],
    ['two lines\nof words', ['image.png'], true],
    ['', ['image.png'], false],
    ['\n', ['image.png'], false],
    ['tide.png', ['tide.png'], false],
    ['/home/ann/tide.png\n/home/ann/notes.txt', ['tide.png', 'notes.txt'], false],
    ['C:\\Users\\ann\\tide.png', ['tide.png'], false],
  ])('%j with %j is what is meant: %s', (text, names, meant) => {
    expect(
      saysMore(
        text,
        names.map((name) => ({ name })),
      ),
    ).toBe(meant);
  });
});
