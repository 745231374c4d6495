import { splitName } from './split-name.js';

describe('A file’s name that is too long', () => {
  it.each([
    ['minutes of the meeting.pdf', 'minutes of the mee', 'ting.pdf'],
    ['no ending at all', 'no ending at', ' all'],
    ['version 1.2 of the whole text', 'version 1.2 of the whole ', 'text'],
    ['a.txt', '', 'a.txt'],
    ['.gitignore', '.gitig', 'nore'],
    ['潮汐表二零二六年最终版.xlsx', '潮汐表二零二六', '年最终版.xlsx'],
    ['family 👩‍👩‍👧🏽‍♀️.jpg', 'fami', 'ly 👩‍👩‍👧🏽‍♀️.jpg'],
    ['', '', ''],
  ])('%j keeps its end', (name, start, end) => {
    expect(splitName(name).join('')).toBe(name);
    expect(splitName(name)).toEqual([start, end]);
  });
});
