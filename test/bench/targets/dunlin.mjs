import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from '../../../tools/lib/paths.mjs';
import { startServices } from '../../../tools/lib/services/index.mjs';
import { startTopology } from '../../support/topology.mjs';

/** What is measured: topology → the services it needs besides, and the apps. */
const TOPOLOGIES = {
  sqlite: { apps: 'monolith' },
  mysql: { apps: 'monolith', services: { mysql: true, redis: true, kafka: false } },
  split: { apps: 'split', services: { mysql: true, redis: true, kafka: true } },
};
export const TOPOLOGY_NAMES = Object.keys(TOPOLOGIES);

// As in production, but for the limits, which one generator would meet at once, and for loopback.
const SETTINGS = {
  NODE_ENV: 'production',
  LOG_LEVEL: '',
  HOST: '127.0.0.1',
  RATE_LIMIT: 'off',
  // a run outlasts the quarter of an hour that tokens have otherwise
  ACCESS_TOKEN_TTL: '86400',
  CORS_ORIGINS: 'https://chat.example.org',
};

/** Starts the server, and its database where it has one, with data of this run. */
export async function startDunlin(topology, { log, profileTo } = {}) {
  const { apps, services: wanted } = TOPOLOGIES[topology];
  const services = wanted ? await startServices({ log, ...wanted }) : undefined;
  const troubles = [];
  let server;
  try {
    server = await startTopology({
      topology: apps,
      embedded: !services,
      env: { ...SETTINGS, ...services?.env },
      nodeArgs: [...nodeArgsOfStart(), ...(profileTo ? ['--cpu-prof', `--cpu-prof-dir=${profileTo}`] : [])],
      onTrouble: (what) => troubles.push(what),
    });
  } catch (error) {
    await services?.stop();
    throw error;
  }
  const gateways = server.names.filter((name) => /gateway|monolith/.test(name));
  const pidsOf = (names) => names.map((name) => server.pid(name));
  return {
    name: 'Dunlin',
    crowd: topology,
    topology,
    checkOrder: true,
    urls: server.gateways,
    databaseUrl: services?.env.DATABASE_URL ?? `sqlite:${join(server.env.DATA_DIR, 'dunlin.sqlite')}`,
    get pids() {
      return {
        server: pidsOf(server.names),
        gateways: pidsOf(gateways),
        database: Object.values(services?.processes ?? {}).map(({ pid }) => pid),
      };
    },
    seat: (person, { index = 0 } = {}) => ({
      url: server.gateways[index % server.gateways.length],
      auth: { token: person.token },
    }),
    troubles,
    /** The same gateways with the same data in fresh processes. */
    restart: () => Promise.all(gateways.map((name) => server.restart(name))),
    stop: async () => {
      await server.stop();
      await services?.stop();
    },
  };
}

/** The options that `npm start` gives to Node. */
function nodeArgsOfStart() {
  const { scripts } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}
