import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromRoot } from '../../../tools/lib/paths.mjs';
import { killAtPoints } from '../faults/kills.mjs';
import { session, withTopology } from '../session.mjs';
import { MUTANTS } from './mutants.mjs';

const LOAD_MS = 8000;
const KILLS = 4;

/** Each broken server must be caught, and under the right name. */
export async function runMutants(report, { only, seed }) {
  const chosen = MUTANTS.filter(({ name }) => !only || only.some((part) => name.includes(part)));
  for (const mutant of chosen)
    await report.case(`a server that ${mutant.name} shows ${mutant.anomaly}`, () =>
      caught(mutant, report.folder, seed),
    );
}

/** Whether each of them can still be made of the code as it is. @throws Error naming the one that cannot */
export async function mutantsCanBeMade() {
  for (const { name, edits } of MUTANTS) mutated(name, edits, fromRoot('dist', 'all'));
  return { say: `${MUTANTS.length} of them` };
}

async function caught(mutant, folder, seed) {
  const build = breed(mutant);
  try {
    const entryOf = (app) => path.join(build, 'apps', app, 'src', 'main.js');
    const name = `mutant-${mutant.name.replaceAll(/\W+/g, '-')}`;
    const { counts } = await withTopology('sqlite', { entryOf }, (topology) =>
      session(topology, { folder, name, seed, pauseMs: 15, judged: false }, (running) => load(mutant, running)),
    );
    if (!(counts[mutant.anomaly] > 0)) throw new Error(`Not caught. Found: ${JSON.stringify(counts)}`);
    const found = Object.entries(counts).filter(([, count]) => count > 0);
    return { counts, say: found.map(([anomaly, count]) => `${count} ${anomaly}`).join(', ') };
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}

async function load({ kills }, running) {
  // one of these COMMITs is of messages: a process also commits other things
  if (kills) await killAtPoints(running, Array(KILLS).fill(['monolith', 'storage.before-commit']));
  else await sleep(LOAD_MS);
}

/** A copy of the build with the mutant's changes, inside of the repository so that it finds its packages. */
function breed({ name, edits }) {
  const build = fromRoot('dist', `mutant-${process.pid}`);
  rmSync(build, { recursive: true, force: true });
  cpSync(fromRoot('dist', 'all'), build, { recursive: true });
  for (const [file, text] of mutated(name, edits, build)) writeFileSync(path.join(build, file), text);
  return build;
}

/** The texts of the changed files. */
function mutated(name, edits, build) {
  const texts = new Map();
  for (const { file, find, replace } of edits) {
    const text = texts.get(file) ?? readFileSync(path.join(build, file), 'utf8');
    if (text.split(find).length !== 2)
      throw new Error(`The mutant that ${name}: in ${file} there is not exactly one\n${find}`);
    texts.set(
      file,
      text.replace(find, () => replace),
    );
  }
  return texts;
}
