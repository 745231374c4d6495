import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it. Node's own way, `recursive`, never comes back where the system lets nobody make one,
 * as below `/proc` (nodejs/node#31481).
 * @throws ErrnoException
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  let above = resolve(path);
  while (!isFolder(above)) {
    missing.unshift(above);
    above = dirname(above);
  }
  for (const folder of missing)
    try {
      mkdirSync(folder);
    } catch (error) {
      // another process was faster
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(folder)) throw error;
    }
}

/** {@link makeFolder}, and this process may write to it. @throws ErrnoException */
export function makeWritableFolder(path: string): void {
  makeFolder(path);
  accessSync(path, constants.W_OK | constants.X_OK);
}

/** @throws ErrnoException for what is there and is none */
function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw Object.assign(new Error(`${path} is no folder`), { code: 'ENOTDIR' });
  return found !== undefined;
}
