import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../../../tools/lib/paths.mjs';

const SHOWN = 25;
const NOT_WORK = new Set(['(root)', '(idle)']);

/**
 * The functions and files that took most of the CPU time in the .cpuprofile files of a folder, as text. A thread has a
 * file of its own; they are taken together. `(garbage collector)` and `(program)`, which is native code, are listed too.
 */
export function topSelfTimes(folder) {
  const functions = new Map();
  const files = new Map();
  let all = 0;
  const profiles = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  for (const name of profiles) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
    for (const [index, id] of samples.entries()) {
      const { functionName, url, lineNumber } = byId.get(id);
      if (NOT_WORK.has(functionName)) continue;
      const ms = timeDeltas[index] / 1000;
      all += ms;
      const file = url ? shorten(url) : '(native)';
      add(functions, `${functionName || '(anonymous)'}  ${file}${url ? `:${lineNumber + 1}` : ''}`, ms);
      add(files, file, ms);
    }
  }
  if (all === 0) throw new Error(`No profile in ${folder}`);
  return `Self time by function\n${top(functions, all)}\n\nSelf time by file\n${top(files, all)}`;
}

const add = (map, key, ms) => map.set(key, (map.get(key) ?? 0) + ms);

const top = (map, all) =>
  [...map]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([key, ms]) => `${((ms / all) * 100).toFixed(1).padStart(6)} %  ${key}`)
    .join('\n');

const shorten = (url) => (url.startsWith('file://') ? relative(root, decodeURIComponent(new URL(url).pathname)) : url);
