import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { distribution, unpackPackages } from '../debian.mjs';
import { run, which } from '../run.mjs';
import { libraryPath, loader } from './libraries.mjs';
import { Server } from './server.mjs';
import { account, commonArguments, pingSql, runAs } from './sql.mjs';

/** `{ command, args, version }`: how to run a mysqld that is MySQL's. */
async function locate(signal) {
  const found = which('mysqld', ['/usr/sbin', '/usr/local/sbin']);
  // MariaDB's packages have a `mysqld` too.
  if (found && !spawnSync(found, ['--version']).stdout.includes('MariaDB'))
    return { command: found, args: ['--no-defaults'] };
  if (distribution() !== 'debian') {
    const install = distribution() === 'ubuntu' ? "apt-get install 'mysql-server-core-8.*'" : 'brew install mysql';
    throw new Error(
      `mysqld is missing. Install it: ${install}; or, with Docker, take what \`npm run services\` prints.`,
    );
  }
  // Debian's stable suites have only MariaDB, its development suite has MySQL. That one is built against a newer C
  // library, so it is run through the loader that it came with.
  const without = ['usr/bin', 'usr/share/perl'];
  const root = await unpackPackages(['mysql-server-core'], { suite: 'sid', without, signal });
  const libraries = `${libraryPath(root)}:${root}/usr/lib/mysql/private`;
  const args = [
    '--library-path',
    libraries,
    path.join(root, 'usr/sbin/mysqld'),
    '--no-defaults',
    `--basedir=${root}/usr`,
    `--lc-messages-dir=${root}/usr/share/mysql`,
    `--character-sets-dir=${root}/usr/share/mysql/charsets`,
    `--plugin-dir=${root}/usr/lib/mysql/plugin`,
  ];
  return { command: loader(root), args };
}

/** Prepares a MySQL with an empty data folder. Returns it unstarted with its URL. */
export async function mysql({ folder, port, log, signal }) {
  const { command, args: base } = await locate(signal);
  const data = path.join(folder, 'mysql');
  const args = [...base, '--secure-file-priv=NULL'];
  await run(command, [...args, `--datadir=${data}`, ...runAs(), '--initialize-insecure'], { signal });

  const { initFile, url } = account(folder, 'mysql');
  const paths = { data, socket: path.join(folder, 'mysql.sock'), pidFile: path.join(folder, 'mysql.pid') };
  const server = new Server({
    name: 'mysql',
    command,
    args: [...args, ...commonArguments({ ...paths, port, initFile }), '--mysqlx=OFF', '--skip-log-bin'],
    logFile: path.join(folder, 'mysql.log'),
    ping: () => pingSql(url(port)),
    log,
  });
  return { server, env: { DATABASE_URL: url(port) } };
}
