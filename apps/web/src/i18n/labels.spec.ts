import en from './en.json';
import zhCN from './zh-CN.json';

/** What a button says, and its name, which tells it from others that say the same. */
const PAIRS = [
  [(words: typeof en) => words.settings.signOut, (words: typeof en) => words.settings.signOutDevice],
  [(words: typeof en) => words.groups.approve, (words: typeof en) => words.groups.approveOne],
  [(words: typeof en) => words.groups.reject, (words: typeof en) => words.groups.rejectOne],
] as const;

describe.each([
  ['English', en],
  ['Chinese', zhCN as unknown as typeof en],
])('In %s', (_language, words) => {
  it('a button is found by who says what stands on it (WCAG 2.5.3)', () => {
    for (const [text, name] of PAIRS) expect(name(words)).toContain(text(words));
  });
});
