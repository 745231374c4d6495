import { person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { connects, openAs } from './chat.js';
import { composer, openThread, twoFriends } from './thread-page.js';

jest.setTimeout(60_000);

/** A device that is signed out may be asking for something at that moment. */
const REFUSED = /status of 401/;
const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };

describe('What is told in passing', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers('leaves what is at the top of a phone within reach', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id, PHONE);
    const stranger = await person('cleo', server.gateways);
    await stranger.ok('POST', '/friend-requests', { userId: ann.id });
    const notice = page.getByRole('listitem').filter({ hasText: /asks to be friends/ });
    const details = page.getByRole('button', { name: 'Details' });
    await notice.waitFor();
    const [above, below] = [await details.boundingBox(), await notice.boundingBox()];
    if (!above || !below) throw new Error('One of them is gone');
    expect(above.y + above.height).toBeLessThanOrEqual(below.y);
    await details.tap();
    await page.getByRole('dialog').waitFor();
  });

  inBrowsers('is over with the session, and its place is called so in the page’s language', async (desktop) => {
    desktop.expected.push(REFUSED);
    const ann = await person('ann', server.gateways);
    const context = await desktop.open();
    const page = await openAs(context, ann.base, ann.user.username);
    await page.evaluate(() =>
      (globalThis as unknown as { localStorage: { setItem(key: string, to: string): void } }).localStorage.setItem(
        'dunlin.language',
        'zh-CN',
      ),
    );
    const connected = connects(page);
    await page.reload();
    await page.getByRole('region', { name: /^通知/ }).waitFor({ state: 'attached' });
    await connected;
    const friend = await person('ben', server.gateways);
    await friend.ok('POST', '/friend-requests', { userId: ann.id });
    const notice = page.getByRole('region', { name: /^通知/ }).getByText(friend.user.displayName);
    await notice.waitFor();
    const sessions = await ann.ok<{ items: { id: string; current: boolean }[] }>('GET', '/auth/sessions');
    for (const { id, current } of sessions.items) if (!current) await ann.ok('DELETE', `/auth/sessions/${id}`);
    await page.getByRole('heading', { name: '登录' }).waitFor();
    expect(await notice.count()).toBe(0);
  });

  inBrowsers('is no substitute for a question: who signs out with a draft is asked', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await composer(page).fill('Half a thought');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).first().click();
    const question = page.getByRole('alertdialog');
    await question.getByText('What you have begun to write is lost.').waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    // with a file that is chosen, too
    await page.goto(new URL(`/c/${id}`, page.url()).href);
    await composer(page).fill('');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'notes.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b') });
    await page.getByRole('button', { name: 'Remove notes.csv' }).waitFor();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await question.getByText('What you have begun to write is lost.').waitFor();
    await question.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
});
