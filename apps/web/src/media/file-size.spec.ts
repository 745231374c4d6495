import { fileSize } from './file-size.js';

describe('The size of a file', () => {
  it.each([
    [1, '1 byte'],
    [3, '3 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1_234_567, '1.2 MB'],
    [10_485_760, '10 MB'],
  ])('of %d bytes is %s', (bytes, said) => expect(fileSize(bytes, 'en')).toBe(said));

  it('is said in Chinese', () => expect(fileSize(3, 'zh-CN')).toBe('3字节'));
});
