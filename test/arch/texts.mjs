import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const MAX_LINES = 400;

// also as process['env'], `const { env } = process`, and by import
const ENVIRONMENT =
  /\bprocess\s*(?:\??\.\s*env\b|(?:\?\.)?\[\s*['"`]env)|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|from\s*['"](?:node:)?process['"]/;

/** Rules about what a file says rather than what it imports. */
const RULES = [
  { name: 'no-forward-ref', broken: (_path, text) => /\bforwardRef\s*\(/.test(text) },
  {
    name: 'environment-in-one-place',
    broken: (path, text) =>
      /^(libs|apps)\/.*(?<!\.spec)\.ts$/.test(path) &&
      !path.startsWith('libs/platform/src/config/') &&
      ENVIRONMENT.test(text),
  },
  { name: 'no-long-files', broken: (_path, text) => text.split('\n').length - 1 > MAX_LINES },
];

/** @returns {{ rule: string, from: string }[]} what is broken in the TypeScript and JavaScript files below `root` */
export function checkTexts(root, folders) {
  const found = [];
  for (const file of folders.flatMap((folder) => filesBelow(join(root, folder)))) {
    const path = relative(root, file);
    const text = readFileSync(file, 'utf8');
    for (const { name, broken } of RULES) if (broken(path, text)) found.push({ rule: name, from: path });
  }
  return found;
}

function filesBelow(folder) {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !/node_modules|[\\/]dist[\\/]|[\\/]violations[\\/]/.test(relative(folder, file)));
}

export const TEXT_RULES = RULES.map(({ name }) => name);
