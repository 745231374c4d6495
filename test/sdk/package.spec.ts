import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { startTopology } from '../support/topology.mjs';
import { installPackedSdk, sdkFolder as sdk } from './packed.js';

jest.setTimeout(180_000);

const run = promisify(execFile);
const root = resolve(__dirname, '../..');
const MAX_GZIPPED = 25 * 1024;

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}
const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

describe('The package @dunlin/sdk', () => {
  let folder: string;

  const node = (file: string, ...args: string[]) =>
    run(process.execPath, [file, ...args], { cwd: folder, timeout: 60_000 });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dunlin-sdk-package-'));
    await installPackedSdk(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('runs the quick start of its README, installed elsewhere', async () => {
    const [, quickStart] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(sdk, 'README.md'), 'utf8')) ?? [];
    const lines = quickStart?.split('\n').filter((line) => line.trim() !== '') ?? [];
    expect(lines.length).toBeLessThanOrEqual(10);
    const server = await startTopology({ embedded: true });
    try {
      const text = (quickStart as string).replace('http://localhost:3000', server.gateways[0] as string);
      writeFileSync(join(folder, 'quick-start.js'), text);
      const { stdout } = await node('quick-start.js');
      expect(stdout).toBe('stored as number 2\n');
    } finally {
      await server.stop();
    }
  });

  it('calls its error in a trace what it is called in the documents', async () => {
    writeFileSync(join(folder, 'name.js'), `console.log((await import('@dunlin/sdk')).DunlinError.name)`);
    expect((await node('name.js')).stdout).toBe('DunlinError\n');
  });

  it('has declarations that hold by themselves, without the libraries of any platform but the web', async () => {
    const program = `
      import { DunlinClient, DunlinError, type ChatMessage, type Conversation, type Observable } from '@dunlin/sdk';
      import { FileStorage } from '@dunlin/sdk/node';
      const client = new DunlinClient({ url: 'http://localhost', storage: new FileStorage('./data') });
      const list: Observable<readonly Conversation[]> = client.conversations.list;
      const first: ChatMessage | undefined = client.conversations.open('c').getSnapshot().messages[0];
      // @ts-expect-error a message goes to exactly one place
      client.messages.send({ text: 'where to?' });
      // @ts-expect-error an event that does not exist
      client.on('mesage', () => undefined);
      if (new DunlinError('busy').retryable) console.log(list, first?.delivery === 'read');
      export const name: string = (await client.users.me()).displayName;
    `;
    writeFileSync(join(folder, 'program.ts'), program);
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2023,dom,dom.iterable',
    ];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const checked = node(tsc, ...options, 'program.ts').catch((error: { stdout: string }) => error);
    expect((await checked).stdout).toBe('');
  });

  it('weighs at most 25 kB gzipped with everything but socket.io-client', async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from '@dunlin/sdk'`, resolveDir: folder },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      external: ['socket.io-client'],
    });
    const { length } = gzipSync(outputFiles[0]?.contents as Uint8Array, { level: 9 });
    console.info(`@dunlin/sdk: ${(length / 1024).toFixed(1)} kB gzipped`);
    expect(length).toBeGreaterThan(5 * 1024); // a bundle of nothing is no proof
    expect(length).toBeLessThanOrEqual(MAX_GZIPPED);
  });

  it('holds what it needs and nothing else, and asks for no Node in the browser', () => {
    const installed = join(folder, 'node_modules/@dunlin/sdk');
    expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    const entry = (name: string): string => readFileSync(join(installed, 'dist', name), 'utf8');
    const imported = (text: string): string[] =>
      [...text.matchAll(/from "([^"]+)"/g)].map(([, name]) => name as string);
    const packages = imported(entry('index.js')).filter((name) => !name.startsWith('.'));
    expect(packages.sort()).toEqual(['idb-keyval', 'socket.io-client']);
    expect(imported(entry('react.js')).filter((name) => !name.startsWith('.'))).toEqual(
      expect.arrayContaining(['react']),
    );
  });

  it('is what was tested: its dependencies and version are those of the repository', () => {
    const [own, whole] = [manifest(sdk), manifest(root)];
    expect(own.version).toBe(whole.version);
    const pinned = { ...whole.devDependencies, ...whole.dependencies };
    for (const [name, range] of Object.entries(own.dependencies)) expect(range).toBe(`^${pinned[name]}`);
    const licence = (path: string): string => readFileSync(join(path, 'LICENSE'), 'utf8');
    expect(licence(sdk)).toBe(licence(root));
  });
});
