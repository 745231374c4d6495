import type { Page } from 'playwright-core';
import { person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { barriers, openAs } from './chat.js';
import { composer, openThread, twoFriends, write } from './thread-page.js';

jest.setTimeout(60_000);

/** What the browser and React write of a part that does not come. */
const NOT_LOADED = /dynamically imported module|status of 404/;
const FAILED = 'This part could not be loaded.';

describe('A part of the chat that is not on its first screen', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  const goTo = (page: Page, name: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();

  inBrowsers('says that it cannot be loaded, in its place, and comes when it is tried again', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, NOT_LOADED);
    const ann = await person('ann', server.gateways);
    const context = await desktop.open();
    await context.route(/\/assets\/(people-page|settings-page)/, (route) => route.abort());
    const page = await openAs(context, ann.base, ann.user.username);
    await goTo(page, 'People');
    await page.getByText(FAILED).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText(FAILED).waitFor();
    await goTo(page, 'Settings');
    await page.getByText(FAILED).waitFor();
    await context.unroute(/\/assets\/(people-page|settings-page)/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await goTo(page, 'People');
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
  });

  inBrowsers(
    'that lies over the page can be closed though it is not there, and one goes on writing',
    async (desktop) => {
      desktop.expected.push(LINE_IS_CUT, NOT_LOADED);
      const [ann, , id] = await twoFriends(server);
      const page = await openThread(desktop, server, ann, id);
      await page.context().route(/\/assets\/(emoji-picker|info-panel)/, (route) => route.abort());
      await page.reload();
      await page.getByRole('button', { name: 'Emojis' }).click();
      const trouble = page.getByRole('dialog', { name: FAILED });
      await trouble.getByText(FAILED).waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await trouble.waitFor({ state: 'detached' });
      await write(page, 'Low tide at noon');
      await page.getByRole('log').getByText('Low tide at noon').waitFor();
      await page.getByRole('button', { name: 'Details' }).click();
      await trouble.getByText(FAILED).waitFor();
      await page.context().unroute(/\/assets\/(emoji-picker|info-panel)/);
      await trouble.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('dialog', { name: 'ben' }).getByRole('button', { name: 'Mute' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Emojis' }).click();
      await page.getByRole('dialog', { name: 'Emojis' }).waitFor();
    },
  );

  inBrowsers('is there without a connection, because it was loaded while nobody waited', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, NOT_LOADED);
    const [ann, , id] = await twoFriends(server);
    const context = await desktop.open();
    const loaded: string[] = [];
    context.on('requestfinished', (request) => void loaded.push(new URL(request.url()).pathname));
    const page = await openAs(context, ann.base, ann.user.username, `/c/${id}`);
    for (const part of ['settings-page', 'emoji-picker', 'info-panel', 'lightbox'])
      if (!loaded.some((path) => path.startsWith(`/assets/${part}-`)))
        await context.waitForEvent('requestfinished', (request) => request.url().includes(`/assets/${part}`));
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Emojis' }).click();
    await page.getByRole('dialog', { name: 'Emojis' }).getByText('Smileys & feelings').waitFor();
    await page.keyboard.press('Escape');
    await goTo(page, 'Settings');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await context.setOffline(false);
  });

  inBrowsers('is not there any more after a release: one is told of the new version', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, NOT_LOADED);
    const [ann, , id] = await twoFriends(server);
    const context = await desktop.open();
    const gone = /\/assets\/settings-page/;
    await context.route(gone, (route) => route.fulfill({ status: 404 }));
    const page = await openAs(context, ann.base, ann.user.username, `/c/${id}`);
    await composer(page).waitFor();
    const html = '<!doctype html><script type="module" src="/assets/index-ofanother.js"></script>';
    await page.route(`${ann.base}/`, (route) => route.fulfill({ contentType: 'text/html', body: html }));
    await goTo(page, 'Settings');
    await page.getByText('A new version of Dunlin is there.').waitFor();
    await context.unroute(gone);
    await page.unroute(`${ann.base}/`);
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  });

  inBrowsers(
    'is the other language, which is told of when it does not come, and kept when it does',
    async (desktop) => {
      desktop.expected.push(LINE_IS_CUT);
      const ann = await person('ann', server.gateways);
      const page = await openAs(await desktop.open(), ann.base, ann.user.username, '/settings');
      await page.route('**/assets/zh-CN-*.js', (route) => route.abort());
      const choice = page.getByLabel('Language').or(page.getByLabel('语言'));
      await choice.selectOption('zh-CN');
      await page.getByText('The server cannot be reached.').first().waitFor();
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      await page.unroute('**/assets/zh-CN-*.js');
      await choice.selectOption('en');
      await choice.selectOption('zh-CN');
      await page.getByRole('heading', { name: '设置' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: '设置' }).waitFor();
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    },
  );
});
