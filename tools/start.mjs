// `npm start`: the whole server in this one process, installed and built first when that is needed. The heap's option is
// given on the command line, since V8 takes it only before it starts: without it an idle server holds 20 MiB more.
import './lib/require-node.mjs';

const { pathToFileURL } = await import('node:url');
const { script } = await import('./lib/console.mjs');
const { endWithNpm } = await import('./lib/parent.mjs');
const { appEntry } = await import('./lib/paths.mjs');
const { ensureBuilt, ensureInstalled, ensureWebBuilt } = await import('./lib/prepare.mjs');

endWithNpm();
await script(async () => {
  await ensureInstalled();
  await ensureBuilt();
  await ensureWebBuilt();
});
await import(pathToFileURL(appEntry('monolith')).href);
