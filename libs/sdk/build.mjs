// Builds the package into dist/: JavaScript by esbuild, declarations by TypeScript, both with the wire contract in them.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const types = join(dist, 'types');

rmSync(dist, { recursive: true, force: true });
await bundle();
declare();

function bundle() {
  return build({
    absWorkingDir: here,
    entryPoints: { index: 'src/index.ts', react: 'src/react/index.ts', node: 'src/node/index.ts' },
    outdir: dist,
    bundle: true,
    // what the entry points share is in one place, so that there is one DunlinError
    splitting: true,
    chunkNames: 'chunks/[hash]',
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    sourcemap: true,
    alias: { '@dunlin/contracts/wire': join(here, '../contracts/src/wire/index.ts') },
    external: ['socket.io-client', 'idb-keyval', 'react', 'node:*'],
  });
}

function declare() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', here], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const wire = join(types, 'contracts/src/wire/index.js');
  for (const file of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.d.ts')) continue;
    const path = join(types, file);
    const way = relative(dirname(path), wire).split(sep).join('/');
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replaceAll(/(['"])@dunlin\/contracts\/wire\1/g, `'${way.startsWith('.') ? way : `./${way}`}'`),
    );
  }
}
