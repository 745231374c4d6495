// `npm run build:web`: the web chat into dist/web, where the gateway serves it from.
import './lib/require-node.mjs';

const { script } = await import('./lib/console.mjs');
const { buildWeb } = await import('./lib/build-web.mjs');

await script(buildWeb);
