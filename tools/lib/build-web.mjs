import { fromRoot } from './paths.mjs';
import { precompress } from './precompress.mjs';
import { run } from './run.mjs';

/** Where the gateway looks for the web chat unless `WEB_DIR` says otherwise. */
export const webFolder = fromRoot('dist', 'web');

/**
 * Bundles apps/web into dist/web, with a compressed form beside each file.
 *
 * @throws Error with the bundler's output
 */
export async function buildWeb() {
  const vite = fromRoot('node_modules/vite/bin/vite.js');
  // React's development build is some ten times the size
  const env = { ...process.env, NODE_ENV: 'production' };
  await run(process.execPath, [vite, 'build', '--config', fromRoot('apps/web/vite.config.ts')], { env }).catch(
    (error) => {
      throw new Error(`The web chat's build failed.\n${error.output ?? error.message}`);
    },
  );
  await precompress(webFolder);
}
