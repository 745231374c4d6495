import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** An absolute path from one relative to the root. */
export const fromRoot = (...parts) => path.join(root, ...parts);

/** What was downloaded once and may be deleted at any time: `.cache/dunlin`, or `DUNLIN_CACHE_DIR`. */
export const cacheDir = () => path.resolve(root, process.env.DUNLIN_CACHE_DIR || '.cache/dunlin');

/** The built entry file of an app. */
export const appEntry = (name) => fromRoot('dist', 'all', 'apps', name, 'src', 'main.js');
