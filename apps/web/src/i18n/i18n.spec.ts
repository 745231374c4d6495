import { ERRORS } from '@dunlin/contracts/wire';
import en from './en.json';
import { languageFor } from './language.js';
import zhCN from './zh-CN.json';

const keysOf = (tree: object, path = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${path}${key}`.replace(/_(one|other)$/, '')] : keysOf(value, `${path}${key}.`),
  );
const unique = (tree: object): string[] => [...new Set(keysOf(tree))].sort();

describe('the languages', () => {
  it('say the same things in both', () => {
    expect(unique(zhCN)).toEqual(unique(en));
  });

  it('name every error of the contract', () => {
    expect(Object.keys(en.errors)).toEqual(expect.arrayContaining(Object.keys(ERRORS)));
  });

  it.each([
    [['zh-TW', 'en'], 'zh-CN'],
    [['fr', 'en-GB'], 'en'],
    [['de'], 'en'],
  ])('follow a browser that asks for %j with %s', (wanted, language) => {
    expect(languageFor(wanted)).toBe(language);
  });
});
