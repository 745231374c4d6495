import type { Page } from 'playwright-core';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { openAs } from './chat.js';
import { twoFriends } from './thread-page.js';

jest.setTimeout(90_000);

const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };

describe('On a phone', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  const main = (page: Page) => page.getByRole('navigation', { name: 'Main' });

  inBrowsers(
    'Back leads to no group that one has left, nor to a conversation that was searched for',
    async (desktop) => {
      const [ann, ben, id] = await twoFriends(server);
      const { conversationId } = await ben.makeGroup([ann], { name: 'Walks' });
      const page = await openAs(await desktop.open(PHONE), ann.base, ann.user.username, '/people');
      await main(page).getByRole('link', { name: 'Chats' }).tap();
      // the group's last line may have his name too
      await page.locator(`a[href="/c/${id}"]`).waitFor();
      await page.getByRole('searchbox').fill(ben.user.displayName);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/c/${id}`);
      await page.getByRole('link', { name: 'Back' }).tap();
      await page.getByRole('link', { name: /Walks/ }).tap();
      await page.waitForURL(`**/c/${conversationId}`);
      await page.getByRole('button', { name: 'Details' }).tap();
      await page.getByRole('button', { name: 'Leave group' }).tap();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Leave group' }).tap();
      await main(page).waitFor();
      await page.getByRole('link', { name: /Walks/ }).waitFor({ state: 'detached' });
      await page.waitForURL(`${ann.base}/`);
      await page.goBack();
      await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
    },
  );

  inBrowsers('the list goes on at the row that was left, and a pull does not reload the page', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    await ann.makeGroup([], { name: 'Walks' });
    const page = await openAs(await desktop.open(PHONE), ann.base, ann.user.username);
    const row = page.getByRole('link', { name: new RegExp(ben.user.displayName) });
    await row.tap();
    await page.waitForURL(`**/c/${id}`);
    const pull = (element: unknown): string =>
      (globalThis as unknown as { getComputedStyle(of: unknown): { overscrollBehaviorY: string } }).getComputedStyle(
        element,
      ).overscrollBehaviorY;
    expect(await page.getByRole('log').evaluate(pull)).toBe('contain');
    expect(await page.locator('html').evaluate(pull)).toBe('none');
    await page.getByRole('link', { name: 'Back' }).press('Enter');
    await row.and(page.locator(':focus')).waitFor();
  });
});
