import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import type { DunlinClient, Timeline } from '@dunlin/sdk';
import { installPackedSdk } from '../sdk/packed.js';
import { PASSWORD } from '../support/person.js';
import { unique } from '../support/names.js';

/** What the page below puts in reach of `page.evaluate`. */
export interface SdkGlobals {
  client: DunlinClient;
  progress: number[];
  /** What the test has opened last. */
  timeline: Timeline;
}

const PROGRAM = `
import { DunlinClient } from '@dunlin/sdk';
globalThis.client = new DunlinClient({ url: location.origin, backoff: { minMs: 50, maxMs: 1000 }, ackTimeoutMs: 3000 });
globalThis.progress = [];
await client.ready();
document.title = 'ready';
`;

/** A web chat of nothing but the packed SDK, bundled as somebody else would; the gateway serves it under its policy. */
export async function buildSdkPage(): Promise<{ folder: string; web: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-sdk-page-'));
  await installPackedSdk(folder);
  const web = join(folder, 'web');
  mkdirSync(join(web, 'assets'), { recursive: true });
  await build({
    stdin: { contents: PROGRAM, resolveDir: folder },
    outfile: join(web, 'assets/page-0.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  });
  const page = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/assets/page-0.js"></script>';
  writeFileSync(join(web, 'index.html'), page);
  return { folder, web };
}

/** A tab with the SDK in it. */
export async function openTab(context: BrowserContext, base: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(base);
  await page.waitForFunction(
    () => (globalThis as unknown as { document: { title: string } }).document.title === 'ready',
  );
  return page;
}

/** A new person in this tab. */
export async function signUp(page: Page, base: string): Promise<string> {
  const account = { username: unique(base), password: PASSWORD };
  return page.evaluate(async (given) => {
    const { client } = globalThis as unknown as SdkGlobals;
    return (await client.session.signUp(given)).id;
  }, account);
}

/** Waits until the tab is connected and has caught up. */
export const online = (page: Page, timeout = 30_000): Promise<unknown> =>
  page.waitForFunction(
    () => {
      const { status, syncing } = (globalThis as unknown as SdkGlobals).client.connection.getSnapshot();
      return status === 'online' && !syncing;
    },
    undefined,
    { timeout },
  );
