import { hasProgramEnding, isImageMime } from './media.dto.js';

describe('a file name', () => {
  it.each([
    'a.exe',
    'A.EXE',
    'a.pdf.exe',
    'a.exe.',
    'a.exe . ',
    'a.bat::$DATA',
    'dir/a.js',
    'c:\\x\\a.msi',
    '.html',
    'a.svg',
  ])('like %j ends like a program or a page', (name) => expect(hasProgramEnding(name)).toBe(true));

  it.each(['a.pdf', 'a.exe.pdf', 'exe', 'a', '', 'a.', 'notes.txt', 'a.docx', 'a.exe/b.txt', 'a.jsx.txt'])(
    'like %j does not',
    (name) => expect(hasProgramEnding(name)).toBe(false),
  );

  it('of any length is looked at in no time', () => {
    const begin = performance.now();
    expect(hasProgramEnding(`a.exe${' '.repeat(500_000)}x${'.'.repeat(500_000)}`)).toBe(false);
    expect(performance.now() - begin).toBeLessThan(500);
  });
});

it('the image types are four', () => {
  expect(['image/png', 'image/jpeg', 'image/webp', 'image/gif'].every(isImageMime)).toBe(true);
  expect(['image/svg+xml', 'image/tiff', 'text/html', undefined].some(isImageMime)).toBe(false);
});
