import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../folders.js';

/**
 * The secret of a development server: made at the first start and kept, so that people stay signed in over a restart.
 * Production refuses to start without JWT_SECRET before this is reached.
 */
export function readSecretFile(dataDir: string): string {
  const file = join(dataDir, 'jwt-secret');
  makeFolder(dataDir);
  try {
    // wx: of two processes that start at once one writes and both read
    writeFileSync(file, randomBytes(48).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}
