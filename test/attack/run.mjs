// Attacks the server as an attacker would, over HTTP and sockets:
//   npm run test:attack                            every attack and the authorization matrix, on one process and SQLite
//   npm run test:attack -- --topology split        the same on four apps with two gateways, MySQL, Redis and Kafka
//   npm run test:attack -- --only tokens           the files whose names hold the word
// docs/security.md says what is attacked and why.
import { parseArgs } from 'node:util';
import { script, shutdownSignal } from '../../tools/lib/console.mjs';
import { ensureBuilt } from '../../tools/lib/prepare.mjs';
import { jest } from '../../tools/lib/test/jest.mjs';
import { Report } from '../../tools/lib/test/report.mjs';

// Empty rather than absent, so that a developer's .env does not fill them in.
const embedded = { DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '' };

await script(async () => {
  const { values } = parseArgs({ options: { topology: { type: 'string' }, only: { type: 'string' } } });
  const topology = values.topology ?? 'monolith';
  if (!['monolith', 'split'].includes(topology)) throw new Error('--topology is monolith or split.');
  const signal = shutdownSignal();
  await ensureBuilt();
  const services = topology === 'split' ? await startSplitServices(signal) : undefined;
  const report = new Report();
  try {
    const env = { ...embedded, COMMON_PASSWORDS: 'off', TOPOLOGY: topology, ...services?.env };
    const args = ['--maxWorkers=2', '--verbose', ...(values.only ? [`test/attack/.*${values.only}`] : [])];
    await report.step(`attack: ${topology}`, () => jest('attack', { env, args, signal }));
  } finally {
    await services?.stop();
  }
  process.exit(report.finish());
});

async function startSplitServices(signal) {
  const { startServices } = await import('../../tools/lib/services/index.mjs');
  return startServices({ log: console.log, signal });
}
