import type { BrowserContext } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { barriers, openChat, signIn, textsIn } from './chat.js';
import { composer, openThread, twoFriends, write } from './thread-page.js';

jest.setTimeout(120_000);

const NOTICE = /You will be signed out when you reload or close it/;

/** As a browser does that is told to block all of a site's data. */
const denyAll = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    const deny = (): never => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
      Object.defineProperty(globalThis, name, { get: deny });
    Object.defineProperty(globalThis, 'BroadcastChannel', { value: deny });
    const { prototype } = (globalThis as unknown as { Navigator: { prototype: object } }).Navigator;
    for (const name of ['locks', 'serviceWorker']) Object.defineProperty(prototype, name, { value: undefined });
  });

/** As others do: it is all there, and nothing can be opened. */
const denyLate = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    const refuse = (): never => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    };
    const globals = globalThis as unknown as Record<'Storage' | 'IDBFactory' | 'LockManager', { prototype: object }>;
    for (const method of ['getItem', 'setItem', 'removeItem'])
      Object.defineProperty(globals.Storage.prototype, method, { value: refuse });
    Object.defineProperty(globals.IDBFactory.prototype, 'open', {
      value: () => {
        const request = { error: new DOMException('Internal error', 'UnknownError'), onerror: () => undefined };
        setTimeout(() => request.onerror());
        return request;
      },
    });
    // an empty page has none
    const locks = globals.LockManager as { prototype: object } | undefined;
    for (const method of locks ? ['request', 'query'] : [])
      Object.defineProperty(locks?.prototype, method, { value: async () => refuse() });
  });

describe('A browser without room for the chat', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  for (const [how, deny] of [
    ['blocks all storage', denyAll],
    ['lets none be opened', denyLate],
  ] as const)
    inBrowsers(`that ${how} has it for one visit, and says so`, async (desktop) => {
      const [ann, ben, id] = await twoFriends(server);
      const context = await desktop.open();
      await deny(context);
      const page = await openChat(context, ann.base, `/c/${id}`);
      await page.getByText(NOTICE).waitFor();
      expect(await barriers(page)).toEqual([]);
      await signIn(page, ann.user.username);
      await page.getByText(NOTICE).waitFor();
      await write(page, 'Written in passing');
      await page.getByRole('img', { name: 'Sent', exact: true }).waitFor();
      await ben.post(id, 'Read in passing');
      await eventually(async () => expect(await textsIn(page)).toEqual(['Written in passing', 'Read in passing']));
      await page.getByRole('button', { name: 'Emojis' }).click();
      await page.getByRole('dialog', { name: 'Emojis' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.locator('select').first().selectOption('dark');
      await page.locator('html[data-theme=dark]').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.locator('select').nth(1).selectOption('zh-CN');
      await page.getByText(/页面后您将退出登录/).waitFor();
      // another tab is another visit
      const other = await openChat(context, ann.base);
      await other.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.getByText(NOTICE).waitFor();
    });

  inBrowsers('sends what it cannot keep, and says what would be lost until then', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT);
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await write(page, 'Kept');
    await page.getByRole('img', { name: 'Sent', exact: true }).waitFor();
    await page.evaluate(() => {
      const { prototype } = (globalThis as unknown as { IDBObjectStore: { prototype: object } }).IDBObjectStore;
      const full = (): never => {
        throw new DOMException('There is no room left.', 'QuotaExceededError');
      };
      Object.defineProperty(prototype, 'put', { value: full });
    });
    await page.context().setOffline(true);
    await page.getByText('Reconnecting').waitFor();
    for (const text of ['No room', 'None either']) await write(page, text);
    await page.getByText('2 unsent messages are lost if you close this page').waitFor();
    expect(await barriers(page)).toEqual([]);
    const asked = page.waitForEvent('dialog');
    const leaving = page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await leaving;
    await page.context().setOffline(false);
    const stored = async (): Promise<string[]> => {
      const path = `/conversations/${id}/messages?afterSeq=0`;
      const { messages } = await ann.ok<{ messages: { content: { text: string } }[] }>('GET', path);
      return messages.map(({ content }) => content.text);
    };
    await eventually(async () => expect(await stored()).toEqual(['Kept', 'No room', 'None either']));
    await page.getByText(/lost if you close/).waitFor({ state: 'detached' });
    expect(await composer(page).inputValue()).toBe('');
  });
});
