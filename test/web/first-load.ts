import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * The scripts that a built page loads before it is shown: those of its HTML and what they import statically.
 *
 * @param web the folder with index.html
 * @returns sizes in gzipped bytes by path
 */
export function firstLoad(web: string): Map<string, number> {
  const html = readFileSync(join(web, 'index.html'), 'utf8');
  const waiting = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, path]) => path as string);
  const sizes = new Map<string, number>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (sizes.has(path)) continue;
    const code = readFileSync(join(web, path), 'utf8');
    sizes.set(path, gzipSync(code, { level: 9 }).length);
    // `import(` is lazy; `from"…"` and `import"…"` are not
    for (const [, target] of code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.{1,2}\/[^"']+\.js)["']/g))
      waiting.push(join(dirname(path), target as string));
  }
  return sizes;
}
