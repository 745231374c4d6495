import { randomBytes } from 'node:crypto';
import { fromRoot } from '../paths.mjs';
import { run, which } from '../run.mjs';
import { freePorts } from './ports.mjs';

const services = ['mysql', 'redis', 'kafka'];

/** Whether there is Docker Compose and an engine answers. */
export async function dockerAnswers() {
  if (!which('docker')) return false;
  const signal = AbortSignal.timeout(5000);
  const answers = ['compose version', 'info'].map((command) => run('docker', command.split(' '), { signal }));
  return Promise.all(answers).then(
    () => true,
    () => false,
  );
}

/**
 * The same as `startServices`, in containers: a Compose project of its own whose volumes go when it stops.
 *
 * @param {{ log?: (line: string) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> }>}
 */
export async function startDockerServices({ log = () => undefined, signal } = {}) {
  const [mysqlPort, redisPort, kafkaPort] = await freePorts(3);
  const password = randomBytes(18).toString('hex');
  const env = {
    ...process.env,
    MYSQL_PORT: String(mysqlPort),
    REDIS_PORT: String(redisPort),
    KAFKA_PORT: String(kafkaPort),
    MYSQL_PASSWORD: password,
    JWT_SECRET: randomBytes(32).toString('hex'), // the file asks for one; no app is started here
  };
  const files = ['docker-compose.yml', 'tools/docker-compose.ports.yml'].flatMap((file) => ['--file', fromRoot(file)]);
  const project = ['compose', ...files, '--project-name', `dunlin-services-${process.pid}`];
  const stop = () => run('docker', [...project, 'down', '--volumes', '--timeout', '5'], { env }).then(() => undefined);
  log('Starting containers (docker compose up) …');
  try {
    await run('docker', [...project, 'up', '--detach', '--wait', ...services], { env, signal });
  } catch (error) {
    await stop().catch((failure) => log(failure.message));
    throw error;
  }
  return {
    env: {
      DATABASE_URL: `mysql://dunlin:${password}@127.0.0.1:${mysqlPort}/dunlin`,
      REDIS_URL: `redis://127.0.0.1:${redisPort}`,
      KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`,
    },
    stop,
  };
}
