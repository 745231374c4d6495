import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { openAs } from './chat.js';
import { composer, inView, jumpButton, openThread, scroll, twoFriends, write } from './thread-page.js';

jest.setTimeout(90_000);

type Styles = Record<'outlineColor' | 'outlineStyle' | 'backgroundColor', string>;
const styleOf = (element: Locator): Promise<Styles> =>
  element.evaluate((one) => {
    const { getComputedStyle } = globalThis as unknown as { getComputedStyle(of: unknown): Styles };
    const { outlineColor, outlineStyle, backgroundColor } = getComputedStyle(one);
    return { outlineColor, outlineStyle, backgroundColor };
  });

describe('The keyboard', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  /** Waits until this has the keyboard. */
  const has = (page: Page, what: Locator): Promise<void> => what.and(page.locator(':focus')).waitFor();
  const log = (page: Page): Locator => page.getByRole('log');
  const actions = (within: Locator): Locator => within.getByRole('button', { name: 'Message actions' });

  inBrowsers('is seen in one’s own messages, light and dark', async (desktop) => {
    desktop.expected.push(/status of 415/);
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await write(page, 'See https://example.org/tides');
    const file = { name: 'notes.bat', mimeType: 'text/plain', buffer: Buffer.from('echo Notes') };
    await page.locator('input[type=file]').setInputFiles([file]);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.keyboard.press('Shift');
    const [link, discard] = [
      page.getByRole('link', { name: 'https://example.org/tides', exact: true }),
      page.getByRole('button', { name: 'Discard' }),
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [what, ground] of [
        [link, page.locator('article > div').filter({ has: link })],
        [discard, page.locator('p').filter({ has: discard })],
      ] as const) {
        await what.focus();
        const { outlineColor, outlineStyle } = await styleOf(what);
        expect(outlineStyle).toBe('solid');
        expect(outlineColor).not.toBe((await styleOf(ground)).backgroundColor);
      }
    }
  });

  inBrowsers('stays in a thread whose messages are scrolled away, and goes on to where one writes', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    for (let n = 1; n <= 80; n++) await ann.post(id, `message ${n}`);
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 80 });
    const page = await openThread(desktop, server, ben, id, { permissions: ['clipboard-read', 'clipboard-write'] });
    const last = page.getByRole('article').filter({ hasText: 'message 80' });
    await actions(last).focus();
    await eventually(async () => {
      await page.keyboard.press('PageUp');
      expect(await last.count()).toBe(0);
    });
    await has(page, log(page));
    // what is typed is not lost
    await page.keyboard.type('Low tide');
    await has(page, composer(page));
    expect(await composer(page).inputValue()).toBe('Low tide');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+C');
    await page.keyboard.press('End');
    await log(page).focus();
    await page.keyboard.press('Space');
    await has(page, log(page));
    await page.keyboard.press('Control+V');
    await has(page, composer(page));
    await eventually(async () => expect(await composer(page).inputValue()).toBe('Low tideLow tide'));
    await log(page).focus();
    await page.keyboard.press('Escape');
    await has(page, composer(page));
    // and what leads to the end leaves it there
    await scroll(page, -900);
    await jumpButton(page).press('Enter');
    await jumpButton(page).waitFor({ state: 'detached' });
    await has(page, log(page));
  });

  inBrowsers('goes along with a jump to what a quote quotes', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const { messageId, seq } = await ann.post(id, 'message 1 of all');
    for (let n = 2; n <= 120; n++) await ann.post(id, `message ${n}`);
    await ben.ok('POST', `/conversations/${id}/messages`, {
      clientMsgId: 'answer',
      type: 'text',
      content: { text: 'That was long ago' },
      replyTo: { messageId, seq },
    });
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 121 });
    const page = await openThread(desktop, server, ben, id);
    await log(page)
      .getByRole('button', { name: /message 1 of all/ })
      .press('Enter');
    const quoted = page.getByRole('article').filter({ hasText: 'message 1 of all' });
    await has(page, actions(quoted));
    await eventually(async () => expect(await inView(page, quoted)).toBe(true));
  });

  inBrowsers('is seen in menus where the system chooses the colours', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id, { forcedColors: 'active' });
    await write(page, 'Low tide');
    // what is on its way has other actions
    await page.getByRole('img', { name: 'Sent', exact: true }).waitFor();
    await actions(page.getByRole('article')).press('Enter');
    const items = page.getByRole('menuitem');
    await has(page, items.first());
    expect((await styleOf(items.first())).outlineStyle).toBe('solid');
    expect((await styleOf(items.last())).outlineStyle).toBe('none');
  });

  inBrowsers('goes on to where one writes when one has accepted', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    await ann.ok('DELETE', `/friends/${ben.id}`);
    await ben.ok('POST', '/friend-requests', { userId: ann.id });
    const page = await openAs(await desktop.open(), ann.base, ann.user.username, `/c/${id}`);
    await page.getByRole('button', { name: 'Accept' }).press('Enter');
    await has(page, composer(page));
  });

  inBrowsers('stays while a connection is tried, and is back where it was when it is there', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT);
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await page.context().setOffline(true);
    const again = page.getByRole('button', { name: 'Try now' });
    await again.waitFor();
    await composer(page).focus();
    await again.press('Enter');
    await has(page, again);
    await page.context().setOffline(false);
    await again.waitFor({ state: 'detached' });
    await has(page, composer(page));
  });

  inBrowsers('finds no menu where nothing can be done', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await composer(other).waitFor();
    await page.route('**/api/v1/media', () => undefined);
    const file = { name: 'tides.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n') };
    await page.locator('input[type=file]').setInputFiles([file]);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const row = other.getByRole('article').filter({ hasText: 'tides.csv' });
    await row.waitFor();
    expect(await actions(row).count()).toBe(0);
    expect(await actions(page.getByRole('article')).count()).toBe(1);
  });
});
