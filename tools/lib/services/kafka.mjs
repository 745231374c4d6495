import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import kafkajs from 'kafkajs';
import { cached } from '../lock.mjs';
import { fromRoot } from '../paths.mjs';
import { run } from '../run.mjs';
import { java, maven, SMALL } from './java.mjs';
import { Server } from './server.mjs';

const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';

/** The broker's jars as a class path, from Maven Central the first time. */
async function classPath(signal) {
  const pom = fromRoot('tools', 'kafka', 'pom.xml');
  const [, version] = readFileSync(pom, 'utf8').match(/<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>(.+?)</);
  const folder = await cached(
    'kafka',
    async (target) => {
      const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${target}/libs`, '-DincludeScope=runtime'];
      await maven(['-f', pom, ...copy], signal);
    },
    { version, signal },
  );
  const jars = readdirSync(path.join(folder, 'libs')).filter((file) => file.endsWith('.jar'));
  return jars.map((jar) => path.join(folder, 'libs', jar)).join(path.delimiter);
}

/** Prepares a broker (KRaft, its own controller) with a formatted data folder. Returns it unstarted with its address. */
export async function kafka({ folder, port, controllerPort, log, signal }) {
  const command = await java(signal);
  const jars = await classPath(signal);
  const properties = path.join(folder, 'kafka.properties');
  writeFileSync(properties, settings({ port, controllerPort, data: path.join(folder, 'kafka') }));
  // 16 bytes; the first one is 0, since the tool takes an id that begins with a dash for an option.
  const clusterId = Buffer.concat([Buffer.alloc(1), randomBytes(15)]).toString('base64url');
  const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  await run(command, ['-XX:TieredStopAtLevel=1', logging, '-cp', jars, ...tool], { signal });

  const server = new Server({
    name: 'kafka',
    command,
    args: ['-Xms256m', ...SMALL, logging, '-cp', jars, 'kafka.Kafka', properties],
    logFile: path.join(folder, 'kafka.log'),
    ping: () => ping(port),
    log,
  });
  return { server, env: { KAFKA_BROKERS: `127.0.0.1:${port}` } };
}

// Why: one node cannot replicate; no delay before a first rebalance (it costs every first join 3 s); no topic by typo;
// short sessions, so that a killed consumer's partitions move soon. docker-compose.yml has the same.
const settings = ({ port, controllerPort, data }) => `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=${data}
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
num.network.threads=2
num.io.threads=4
background.threads=2
log.cleaner.dedupe.buffer.size=4194304
controlled.shutdown.enable=false
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
`;

/** Resolves when a client can connect and the broker has joined its own cluster. */
async function ping(port) {
  const { Kafka, logLevel } = kafkajs;
  const admin = new Kafka({
    clientId: 'dunlin-tools',
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    requestTimeout: 2000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (brokers.length === 0) throw new Error('the broker has not registered yet');
  } finally {
    await admin.disconnect();
  }
}
