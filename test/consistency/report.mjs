import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { duration, paint } from '../../tools/lib/console.mjs';
import { check } from './checker/check.mjs';
import { story } from './checker/story.mjs';

const STORIES = 3;

/** Collects what passed and what failed, and says it. */
export class Report {
  #results = [];

  /** @param {string} folder for the results */
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Runs one case; its facts go into the results. A throw is a failure. */
  async case(name, work) {
    const begun = performance.now();
    let error;
    let facts;
    try {
      facts = await work();
    } catch (caught) {
      error = caught;
    }
    const ms = Math.round(performance.now() - begun);
    this.#results.push({ name, passed: !error, ms, ...facts, ...(error ? { error: error.message } : {}) });
    console.log(
      `${error ? paint('red', 'FAIL') : paint('green', 'pass')}  ${name} (${duration(ms)})${facts?.say ? `: ${facts.say}` : ''}`,
    );
    if (error) console.log(error.message.replaceAll(/^/gm, '      '));
    return !error;
  }

  /** Writes the results and prints the last line. @returns the exit code */
  finish(settings) {
    const passed = this.#results.filter((result) => result.passed).length;
    const failed = this.#results.length - passed;
    const file = path.join(this.folder, 'results.json');
    writeFileSync(file, `${JSON.stringify({ settings, passed, failed, results: this.#results }, null, 2)}\n`);
    console.log(`\n${file}\n${passed} passed, ${failed} failed`);
    return failed === 0 && passed > 0 ? 0 : 1;
  }
}

/**
 * Judges a history.
 * @returns facts for the report
 * @throws Error with the stories of what was found and the path of the history
 */
export function judge(recorder) {
  const { anomalies, counts, sends, recovered, unseen } = check(recorder.operations);
  if (sends.acked === 0) throw new Error(`Nothing was acked: a history that proves nothing\n${recorder.path}`);
  if (anomalies.length > 0) {
    const found = Object.entries(counts).filter(([, count]) => count > 0);
    const stories = shortest(recorder.operations, anomalies).map((text) => `\n${text}`);
    throw new Error(
      `${found.map(([name, count]) => `${count} ${name}`).join(', ')}\n${stories.join('\n')}\n\n${recorder.path}`,
    );
  }
  const say =
    `${sends.acked} acked, ${sends.refused} refused, ${sends.unknown} unknown (${recovered} recovered), ` +
    `live p50 ${unseen.p50} ms, p99 ${unseen.p99} ms, ${unseen.unseen} of ${unseen.expected} not live`;
  return { operations: recorder.operations.length, sends, recovered, unseen, history: recorder.path, say };
}

/** One story of each kind, the shortest. */
function shortest(operations, anomalies) {
  const kinds = new Map();
  for (const anomaly of anomalies) {
    const list = kinds.get(anomaly.name) ?? [];
    kinds.set(anomaly.name, list);
    if (list.length < 10) list.push(anomaly);
  }
  return [...kinds.values()]
    .slice(0, STORIES)
    .map((list) => list.map((anomaly) => story(operations, anomaly)).sort((a, b) => a.length - b.length)[0]);
}
