// One server for a whole run of the suite. The test files find it through a file that the environment names.
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startTopology } from './topology.mjs';

export default async function globalSetup() {
  const troubles = [];
  let file;
  const note = (what) => appendFileSync(file, `${JSON.stringify(what)}\n`);
  const server = await startTopology({
    onTrouble: (what) => {
      troubles.push(what);
      if (file && !globalThis.dunlinE2e.stopping) note(what);
    },
  });
  globalThis.dunlinE2e = { server, troubles, stopping: false };
  const { kind, folder, gateways } = server;
  file = path.join(folder, 'troubles.log');
  for (const what of troubles) note(what);
  const state = path.join(folder, 'server.json');
  writeFileSync(state, JSON.stringify({ kind, folder, gateways, jwtSecret: server.env.JWT_SECRET }));
  process.env.DUNLIN_E2E_SERVER = state;
}
