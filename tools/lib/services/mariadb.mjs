import path from 'node:path';
import { distribution, unpackPackages } from '../debian.mjs';
import { run, which } from '../run.mjs';
import { libraryPath } from './libraries.mjs';
import { Server } from './server.mjs';
import { account, commonArguments, pingSql, runAs } from './sql.mjs';

/** `{ command, install, args, env }`: how to run mariadbd and the script that fills its data folder. */
async function locate(signal) {
  const command = which('mariadbd', ['/usr/sbin', '/usr/local/sbin']);
  const install = which('mariadb-install-db');
  if (command && install) return { command, install, args: ['--no-defaults'], env: {} };
  if (!distribution())
    throw new Error('mariadbd is missing. Install it: apt-get install mariadb-server-core, or brew install mariadb');
  const root = await unpackPackages(['mariadb-server-core', 'mariadb-client-core'], { signal });
  const args = ['--no-defaults', `--basedir=${root}/usr`, `--lc-messages-dir=${root}/usr/share/mysql`];
  return {
    command: path.join(root, 'usr/sbin/mariadbd'),
    install: path.join(root, 'usr/bin/mariadb-install-db'),
    args: [...args, `--character-sets-dir=${root}/usr/share/mysql/charsets`],
    env: { LD_LIBRARY_PATH: libraryPath(root) },
  };
}

/** Prepares a MariaDB with an empty data folder. Returns it unstarted with its URL. */
export async function mariadb({ folder, port, log, signal }) {
  const { command, install, args, env } = await locate(signal);
  const data = path.join(folder, 'mariadb');
  const options = [
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
  ];
  await run(install, [...args, ...options, ...runAs()], { signal, env: { ...process.env, ...env } });

  const { initFile, url } = account(folder, 'mariadb');
  const paths = { data, socket: path.join(folder, 'mariadb.sock'), pidFile: path.join(folder, 'mariadb.pid') };
  const server = new Server({
    name: 'mariadb',
    command,
    args: [...args, ...commonArguments({ ...paths, port, initFile })],
    env,
    logFile: path.join(folder, 'mariadb.log'),
    ping: () => pingSql(url(port)),
    log,
  });
  return { server, env: { MARIADB_URL: url(port) } };
}
