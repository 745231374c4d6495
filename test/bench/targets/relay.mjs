import { fileURLToPath } from 'node:url';
import { spawnApp, waitForHttp } from '../../../tools/lib/processes.mjs';
import { freePorts } from '../../../tools/lib/services/ports.mjs';

const ENTRY = fileURLToPath(new URL('../reference/relay.mjs', import.meta.url));

/** The reference R as a process of its own. Nobody registers there: who says to be somebody is. */
export async function startRelay() {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  let app;
  const start = async () => {
    app = spawnApp({ name: 'relay', entry: ENTRY, env: { PORT: String(port), NODE_ENV: 'production' } });
    await waitForHttp(`${url}/`, { app });
  };
  await start();
  return {
    name: 'R',
    crowd: 'R',
    /** It numbers all messages together. */
    checkOrder: false,
    urls: [url],
    get pids() {
      return { server: [app.pid], gateways: [app.pid], database: [] };
    },
    seat: (person, { groups = [] } = {}) => ({ url, auth: { token: person.id, groups: groups.map(({ id }) => id) } }),
    troubles: [],
    restart: async () => {
      await app.stop();
      await start();
    },
    stop: () => app.stop(),
  };
}
