// `npm run services`: MySQL, Redis and Kafka for as long as this runs.
//   --mariadb   a MariaDB as well      --docker   in containers, also when no engine was found
import './lib/require-node.mjs';

const { parseArgs } = await import('node:util');
const { aborted, script, shutdownSignal } = await import('./lib/console.mjs');
const { ensureInstalled } = await import('./lib/prepare.mjs');

await script(async () => {
  const { values } = parseArgs({ options: { mariadb: { type: 'boolean' }, docker: { type: 'boolean' } } });
  const log = (line) => console.error(line);
  await ensureInstalled({ log });
  const { dockerAnswers, startDockerServices } = await import('./lib/services/docker.mjs');
  const { startServices } = await import('./lib/services/index.mjs');

  const signal = shutdownSignal();
  const inContainers = values.docker || (!values.mariadb && (await dockerAnswers()));
  const starting = inContainers ? startDockerServices({ log, signal }) : startServices({ ...values, log, signal });
  const services = await starting.catch((error) => {
    if (!signal.aborted) throw error;
  });
  if (services) {
    // On stdout alone, so that they can be put into a file and read by a shell.
    for (const [name, value] of Object.entries(services.env)) console.log(`${name}=${value}`);
    log('Ready. Ctrl-C stops them and removes their data.');
    await aborted(signal);
    await services.stop();
  }
  process.exit(0);
});
