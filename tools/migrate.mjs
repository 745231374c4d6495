// `npm run migrate`: brings the schema of DATABASE_URL up to date and, with KAFKA_BROKERS, makes the topics.
import './lib/require-node.mjs';

const { ensureBuilt, ensureInstalled } = await import('./lib/prepare.mjs');
const { script } = await import('./lib/console.mjs');

await script(async () => {
  await ensureInstalled();
  await ensureBuilt();
  await import('../dist/all/apps/migrate/src/main.js');
});
