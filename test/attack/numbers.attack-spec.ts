import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const LAST = 77;

/** The files by their headings, and the attacks that each answers for. */
const files = readdirSync(__dirname).filter(
  (name) => name.endsWith('.attack-spec.ts') && name !== path.basename(__filename),
);
const attacksIn = (name: string): number[] => {
  const text = readFileSync(path.join(__dirname, name), 'utf8');
  // in the name of a test that runs, not in a comment and not of one that is left out
  const names = [
    ...text.matchAll(/\bit(?:\.each\([\w.(){}\s[\],=>|]*?\)|\.each\(\[[\s\S]*?\]\))?\(\s*'((?:[^'\\]|\\.)*)'/g),
  ].map((match) => match[1] as string);
  return names.flatMap((one) => [...one.matchAll(/\[A(\d+)\]/g)].map((match) => Number(match[1])));
};

describe('The list of attacks', () => {
  it('has a test for every number, and no test has a number that is not on it', () => {
    const tested = new Set(files.flatMap(attacksIn));
    const all = Array.from({ length: LAST }, (_, i) => i + 1);
    expect({
      untested: all.filter((number) => !tested.has(number)),
      unknown: [...tested].filter((number) => number < 1 || number > LAST),
    }).toEqual({ untested: [], unknown: [] });
  });

  it('has no test that is left out', () => {
    const left = files.filter((name) =>
      /\b(?:it|describe|test)\.(?:skip|todo|only)\(/.test(readFileSync(path.join(__dirname, name), 'utf8')),
    );
    expect(left).toEqual([]);
  });
});
