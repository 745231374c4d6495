// Runs a script that cannot even be loaded without packages: node tools/with-packages.mjs <script> [arguments]
import './lib/require-node.mjs';

const { pathToFileURL } = await import('node:url');
const { script } = await import('./lib/console.mjs');
const { fromRoot } = await import('./lib/paths.mjs');
const { ensureInstalled } = await import('./lib/prepare.mjs');

const [file] = process.argv.splice(2, 1);
await script(() => ensureInstalled());
await import(pathToFileURL(fromRoot(file)));
