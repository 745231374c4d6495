import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The library folders of unpacked packages, as LD_LIBRARY_PATH takes them. */
export function libraryPath(root) {
  return ['usr/lib', 'lib'].flatMap((part) => architectureFolders(path.join(root, part))).join(':');
}

/** Folders named after a machine type, like `x86_64-linux-gnu`. */
function architectureFolders(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => path.join(folder, name));
}

/** The dynamic loader among unpacked packages. */
export function loader(root) {
  for (const folder of architectureFolders(path.join(root, 'usr/lib'))) {
    const name = readdirSync(folder).find((file) => /^ld-linux-.*\.so\.\d+$/.test(file));
    if (name) return path.join(folder, name);
  }
  throw new Error(`No dynamic loader under ${root}`);
}
