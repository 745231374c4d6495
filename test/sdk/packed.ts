import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const sdkFolder = resolve(__dirname, '../../libs/sdk');

/** Makes `folder` an empty project with `@dunlin/sdk` installed, as somebody else's program has it. */
export async function installPackedSdk(folder: string): Promise<void> {
  const run = promisify(execFile);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: sdkFolder });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--omit=peer', join(folder, filename)];
  await run('npm', install, { cwd: folder });
}
