import { RecentKeys } from './recent-keys.js';

describe('Recent keys', () => {
  const of = (max: number, keys: string): RecentKeys => {
    const recent = new RecentKeys(max);
    for (const key of keys) recent.add(key);
    return recent;
  };
  const known = (recent: RecentKeys): string[] => [...'abcde'].filter((key) => recent.has(key));

  it('are the newest ones, however many were added', () => {
    expect(known(of(3, 'ab'))).toEqual(['a', 'b']);
    expect(known(of(3, 'abcde'))).toEqual(['c', 'd', 'e']);
  });

  it('stay as long as they come again', () => {
    expect(known(of(3, 'abcacd'))).toEqual(['a', 'c', 'd']);
  });
});
