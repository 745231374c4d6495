// `npm run services`: MySQL, Redis and Kafka for as long as this runs.
//   --mariadb   a MariaDB as well      --docker   in containers, also when no engine was found
import './lib/require-node.mjs';

const { randomBytes } = await import('node:crypto');
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
    // the apps share one, and none of them makes it
    const env = { ...services.env, JWT_SECRET: process.env.JWT_SECRET || randomBytes(48).toString('base64url') };
    // On stdout alone, so that they can be put into a file and read by a shell.
    for (const [name, value] of Object.entries(env)) console.log(`${name}=${value}`);
    log('Ready. Ctrl-C stops them and removes their data.');
    await aborted(signal);
    await services.stop();
  }
  process.exit(0);
});
