import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Sequencer from '@jest/test-sequencer';

const LAST = 'coverage.e2e-spec.ts';
/** It waits for minutes and does little: with two workers the other files run meanwhile. */
const FIRST = 'patience.attack-spec.ts';
const folder = fileURLToPath(new URL('../e2e', import.meta.url));

/** Files in the order of their names, so that a run can be repeated; the look back at what all of them used comes last. */
export default class ByName extends Sequencer {
  sort(tests) {
    const rank = (test) => ({ [FIRST]: -1, [LAST]: 1 })[path.basename(test.path)] ?? 0;
    const sorted = [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
    // Only a run of all files can say that something is never used.
    const chosen = new Set(sorted.map((test) => path.basename(test.path)));
    const all = readdirSync(folder).filter((name) => name.endsWith('.e2e-spec.ts'));
    process.env.DUNLIN_E2E_LEFT_OUT = all.filter((name) => !chosen.has(name)).join(' ');
    process.env.DUNLIN_E2E_FILES = all.filter((name) => name !== LAST).join(' ');
    return sorted;
  }
}
