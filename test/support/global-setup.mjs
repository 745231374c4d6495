// One server for a whole run of the suite. The test files find it through a file that the environment names.
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { guardFolder } from '../../tools/lib/watchdog.mjs';
import { startTopology } from './topology.mjs';
import { writeWebFolder } from './web-folder.mjs';

export default async function globalSetup() {
  const troubles = [];
  let file;
  const note = (what) => appendFileSync(file, `${JSON.stringify(what)}\n`);
  const web = mkdtempSync(path.join(os.tmpdir(), 'dunlin-web-'));
  guardFolder(web);
  await writeWebFolder(web);
  const server = await startTopology({
    env: { WEB_DIR: web },
    onTrouble: (what) => {
      troubles.push(what);
      if (file && !globalThis.dunlinE2e.stopping) note(what);
    },
  });
  globalThis.dunlinE2e = { server, troubles, stopping: false };
  const { kind, folder, gateways } = server;
  file = path.join(folder, 'troubles.log');
  for (const what of troubles) note(what);
  for (const name of ['openapi', 'asyncapi']) {
    const response = await fetch(`${gateways[0]}/api/${name}.json`);
    writeFileSync(path.join(folder, `${name}.json`), await response.text());
  }
  const state = path.join(folder, 'server.json');
  const pids = Object.fromEntries(server.names.map((name) => [name, server.pid(name)]));
  writeFileSync(state, JSON.stringify({ kind, folder, gateways, pids, jwtSecret: server.env.JWT_SECRET }));
  process.env.DUNLIN_E2E_SERVER = state;
}
