import { rmSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { buildSdkPage, online, openTab, signUp, type SdkGlobals } from './sdk-page.js';

jest.setTimeout(90_000);

const SENDS = 200;
const BIG_BYTES = 3 * 1024 * 1024;
/** Slow enough that a big file is seen leaving. */
const SLOW_LINE = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1024 * 1024 };

describe('The SDK in a browser, installed from its package', () => {
  let built: { folder: string; web: string };
  let server: Topology;
  let base: string;

  beforeAll(async () => {
    built = await buildSdkPage();
  });
  afterAll(() => rmSync(built.folder, { recursive: true, force: true }));
  afterEach(() => server.stop());

  const start = async (env: Record<string, string> = {}): Promise<void> => {
    server = await startTopology({ env: { WEB_DIR: built.web, ...env } });
    base = server.gateways[0] as string;
  };

  inBrowsers('keeps one session for two tabs that renew it at once, each token used once', async (desktop) => {
    await start({ ACCESS_TOKEN_TTL: '2' });
    const context = await desktop.open();
    const used: string[] = [];
    context.on('request', (request) => {
      if (request.url().endsWith('/auth/refresh')) used.push(request.postData() ?? '');
    });
    const [one, other] = [await openTab(context, base), await openTab(context, base)];
    await signUp(one, 'ann');
    await Promise.all([online(one), online(other)]);
    const ask = (page: Page): Promise<string> =>
      page.evaluate(async () => (await (globalThis as unknown as SdkGlobals).client.users.me()).id);
    while (used.length < 5) {
      const [a, b] = await Promise.all([ask(one), ask(other)]);
      expect(a).toBe(b);
    }
    await Promise.all([one.reload(), other.reload()]);
    await Promise.all([online(one), online(other)]);
    expect(new Set(used).size).toBe(used.length);
  });

  inBrowsers('sends from the next tab what was written offline in one that is closed', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT);
    await start();
    const context = await desktop.open();
    const ann = await openTab(context, base);
    await signUp(ann, 'ann');
    await online(ann);
    const conversationId = await makeNotes(ann);
    await context.setOffline(true);
    await ann.evaluate(
      ({ id, texts }) => {
        const { client } = globalThis as unknown as SdkGlobals;
        for (const text of texts) client.messages.send({ conversationId: id, text });
      },
      { id: conversationId, texts: ['one', 'two', 'three'] },
    );
    await ann.waitForFunction(() => {
      const { status, waiting } = (globalThis as unknown as SdkGlobals).client.connection.getSnapshot();
      return status === 'offline' && waiting === 3;
    });
    await ann.close();
    await context.setOffline(false);
    const again = await openTab(context, base);
    await show(again, conversationId);
    expect(await shownTexts(again, 3)).toEqual(['one', 'two', 'three']);
  });

  inBrowsers('tells how much of a file has left, and takes it back', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT);
    await start();
    const context = await desktop.open();
    const page = await openTab(context, base);
    await signUp(page, 'ann');
    await online(page);
    const line = await context.newCDPSession(page);
    await line.send('Network.enable');
    await line.send('Network.emulateNetworkConditions', SLOW_LINE);
    const size = await page.evaluate(async (bytes) => {
      const { client, progress } = globalThis as unknown as SdkGlobals;
      const file = new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' });
      const media = await client.media.upload(file, { name: 'big.bin', onProgress: (share) => progress.push(share) });
      return media.size;
    }, BIG_BYTES);
    expect(size).toBe(BIG_BYTES);
    const progress = await page.evaluate(() => (globalThis as unknown as SdkGlobals).progress);
    expect(new Set(progress).size).toBeGreaterThan(3);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);

    const taken = await page.evaluate(async (bytes) => {
      const { client } = globalThis as unknown as SdkGlobals;
      const stop = new AbortController();
      const file = new Blob([new Uint8Array(bytes)]);
      const upload = client.media.upload(file, { onProgress: () => stop.abort(), signal: stop.signal });
      return upload.then(
        () => 'it went up',
        (error: { code: string }) => error.code,
      );
    }, BIG_BYTES);
    expect(taken).toBe('aborted');
  });

  inBrowsers(
    'brings 200 messages over the death of the server, once and in order, without a reload',
    async (desktop) => {
      desktop.expected.push(LINE_IS_CUT);
      await start();
      const [annsBrowser, bensBrowser] = [await desktop.open(), await desktop.open()];
      // in the split they are on different gateways
      const [ann, ben] = [
        await openTab(annsBrowser, base),
        await openTab(bensBrowser, server.gateways.at(-1) as string),
      ];
      await signUp(ann, 'ann');
      const benId = await signUp(ben, 'ben');
      await Promise.all([online(ann), online(ben)]);
      const requestId = await ann.evaluate(async (userId) => {
        const { client } = globalThis as unknown as SdkGlobals;
        return (await client.friends.request({ userId })).id;
      }, benId);
      await ben.evaluate((id) => (globalThis as unknown as SdkGlobals).client.friends.accept(id), requestId);
      const conversationId = await ann.evaluate(async (userId) => {
        const { client } = globalThis as unknown as SdkGlobals;
        return (await client.conversations.openDirect(userId)).id;
      }, benId);

      for (const page of [ann, ben]) await show(page, conversationId);
      await send(ann, conversationId, 0, SENDS / 2);
      await ann.waitForFunction(
        () => (globalThis as unknown as SdkGlobals).client.connection.getSnapshot().waiting < 90,
      );
      const [name = ''] = server.names.filter((one) => /monolith|gateway-1/.test(one));
      await server.kill(name);
      await send(ann, conversationId, SENDS / 2, SENDS);
      await server.restart(name);

      const expected = Array.from({ length: SENDS }, (_, index) => `message ${index}`);
      for (const page of [ann, ben]) expect(await shownTexts(page, SENDS)).toEqual(expected);
      await online(ann);
    },
  );
});

/** A group of one, to write into. */
const makeNotes = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const { client } = globalThis as unknown as SdkGlobals;
    return (await client.groups.create({ name: 'Notes', joinPolicy: 'invite' })).conversationId;
  });

const send = (page: Page, conversationId: string, from: number, to: number): Promise<void> =>
  page.evaluate(
    ({ id, first, end }) => {
      const { client } = globalThis as unknown as SdkGlobals;
      for (let n = first; n < end; n++) client.messages.send({ conversationId: id, text: `message ${n}` });
    },
    { id: conversationId, first: from, end: to },
  );

/** Opens a conversation in the tab. */
const show = (page: Page, conversationId: string): Promise<void> =>
  page.evaluate((id) => {
    const globals = globalThis as unknown as SdkGlobals;
    globals.timeline = globals.client.conversations.open(id);
  }, conversationId);

/** The texts that a tab shows as stored, once there are so many. */
async function shownTexts(page: Page, count: number): Promise<string[]> {
  const find = (wanted: number): string[] | undefined => {
    const { messages } = (globalThis as unknown as SdkGlobals).timeline.getSnapshot();
    const texts = messages.flatMap(({ seq, content }) => (seq !== null && 'text' in content ? [content.text] : []));
    return texts.length >= wanted ? texts : undefined;
  };
  const handle = await page.waitForFunction(find, count, { timeout: 60_000, polling: 100 });
  return (await handle.jsonValue()) as string[];
}
