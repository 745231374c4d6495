import type { Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { picture } from '../support/images.js';
import type { Person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT, type Desktop } from './browser.js';
import { setHidden, textsIn } from './chat.js';
import { inView, jumpButton, openThread, twoFriends, write } from './thread-page.js';

jest.setTimeout(90_000);

describe('What nobody has seen', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  const message = (page: Page, text: string) => page.getByRole('log').getByText(text, { exact: true });
  const line = (page: Page) => message(page, 'New messages');
  const seen = (page: Page, text: string): Promise<void> =>
    eventually(async () => expect(await inView(page, message(page, text))).toBe(true));
  const unreadOf = async (who: Person, id: string): Promise<number> =>
    (await who.ok<{ unread: number }>('GET', `/conversations/${id}`)).unread;

  /** Ben has read all of what is more than fits. */
  const atTheEnd = async (desktop: Desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    for (let n = 1; n <= 40; n++) await ann.post(id, `message ${n}`);
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 40 });
    const page = await openThread(desktop, server, ben, id);
    await page.bringToFront();
    await seen(page, 'message 40');
    return { ann, ben, id, page };
  };

  inBrowsers('is not read because something of one’s own that failed stands below it', async (desktop) => {
    desktop.expected.push(/Failed to load resource/);
    const [ann, ben, id] = await twoFriends(server);
    for (let n = 1; n <= 12; n++) await ben.post(id, `message ${n}`);
    await ann.ok('PUT', `/conversations/${id}/read`, { seq: 12 });
    const page = await openThread(desktop, server, ann, id, { viewport: { width: 900, height: 480 } });
    await seen(page, 'message 12');
    await page.route('**/api/v1/media', (route) =>
      route.fulfill({
        status: 413,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'payload_too_large', title: 'x', detail: 'x', status: 413, retryable: false }),
      }),
    );
    const file = (name: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from('a,b') });
    await page.locator('input[type=file]').setInputFiles(['a.csv', 'b.csv', 'c.csv', 'd.csv'].map(file));
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await eventually(async () => expect(await page.getByText('Not sent. That is too large.').count()).toBe(4));
    await ben.post(id, 'Did it arrive?');
    await seen(page, 'Did it arrive?');
    await page.reload();
    await seen(page, 'Did it arrive?');
    expect(await page.getByRole('article').last().innerText()).toContain('Did it arrive?');
  });

  inBrowsers('is brought into sight, not read unseen, while what is on its way fills the view', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT);
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id, { viewport: { width: 900, height: 480 } });
    await page.bringToFront();
    await page.route('**/api/v1/media', () => new Promise(() => undefined));
    for (let n = 1; n <= 10; n++) {
      const file = { name: `${n}.csv`, mimeType: 'text/csv', buffer: Buffer.from('a,b') };
      await page.locator('input[type=file]').setInputFiles(file);
      await page.getByRole('button', { name: 'Send', exact: true }).click();
    }
    const last = page.getByRole('article').filter({ hasText: '10.csv' });
    await eventually(async () => expect(await inView(page, last)).toBe(true));
    await ben.post(id, 'What is it?');
    await eventually(async () => expect(await unreadOf(ann, id)).toBe(0));
    expect(await inView(page, message(page, 'What is it?'))).toBe(true);
  });

  inBrowsers('begins under a line when one comes back, and is read as one goes through it', async (desktop) => {
    const { ann, ben, id, page } = await atTheEnd(desktop);
    await setHidden(page, true);
    for (let n = 1; n <= 40; n++) await ann.post(id, `meanwhile ${n}`);
    await page.getByRole('button', { name: /new messages/ }).waitFor();
    await setHidden(page, false);
    await seen(page, 'New messages');
    await seen(page, 'meanwhile 1');
    await eventually(async () => expect(await unreadOf(ben, id)).toBeLessThan(40));
    expect(await unreadOf(ben, id)).toBeGreaterThan(0);
    expect(await inView(page, message(page, 'meanwhile 40'))).toBe(false);
    await jumpButton(page).click();
    await seen(page, 'meanwhile 40');
    await eventually(async () => expect(await unreadOf(ben, id)).toBe(0));
    // once more: the line is where it is needed now
    await setHidden(page, true);
    await ann.post(id, 'and one more');
    await seen(page, 'and one more');
    await setHidden(page, false);
    await eventually(async () => expect(await unreadOf(ben, id)).toBe(0));
    expect(await line(page).count()).toBe(1);
    expect(await inView(page, line(page))).toBe(true);
    // and one stays at the end
    await ann.post(id, 'with you again');
    await seen(page, 'with you again');
    await eventually(async () => expect(await unreadOf(ben, id)).toBe(0));
  });

  inBrowsers('is passed by who writes something: they see what they wrote', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ben, id);
    await page.bringToFront();
    await ann.post(id, 'Are you there?');
    await seen(page, 'Are you there?');
    await setHidden(page, true);
    for (let n = 1; n <= 40; n++) await ann.post(id, `meanwhile ${n}`);
    await page.getByRole('button', { name: /new messages/ }).waitFor();
    await setHidden(page, false);
    await seen(page, 'New messages');
    expect(await unreadOf(ben, id)).toBeGreaterThan(0);
    await write(page, 'Here I am');
    await seen(page, 'Here I am');
    await eventually(async () => expect(await unreadOf(ben, id)).toBe(0));
    expect(await inView(page, message(page, 'Here I am'))).toBe(true);
  });

  inBrowsers('begins under a line when more was missed without a line than fits', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, /Failed to load resource/);
    const { ann, ben, id, page } = await atTheEnd(desktop);
    await page.context().setOffline(true);
    await page.getByText('Reconnecting').waitFor();
    for (let n = 1; n <= 40; n++) await ann.post(id, `missed ${n}`);
    await page.context().setOffline(false);
    await seen(page, 'New messages');
    await seen(page, 'missed 1');
    await eventually(async () => expect(await unreadOf(ben, id)).toBeLessThan(40));
    expect(await unreadOf(ben, id)).toBeGreaterThan(0);
  });

  inBrowsers('is followed in a conversation that was short when one opened it', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    for (let n = 1; n <= 3; n++) await ann.post(id, `message ${n}`);
    const page = await openThread(desktop, server, ben, id);
    await page.bringToFront();
    await seen(page, 'New messages');
    await seen(page, 'message 3');
    await eventually(async () => expect(await unreadOf(ben, id)).toBe(0));
    for (let n = 1; n <= 30; n++) {
      await ann.post(id, `follow ${n}`);
      await seen(page, `follow ${n}`);
    }
    await eventually(async () => expect(await unreadOf(ben, id)).toBe(0));
    await write(page, 'I have seen it all');
    await eventually(async () => expect((await textsIn(page)).at(-1)).toBe('I have seen it all'));
  });

  inBrowsers('is not read while a picture or the details lie over it, but as soon as they do not', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const { id: mediaId } = await ann.uploaded(await picture());
    await ann.ok('POST', `/conversations/${id}/messages`, {
      clientMsgId: 'shore',
      type: 'image',
      content: { mediaId },
    });
    const phone = { viewport: { width: 360, height: 640 }, hasTouch: true };
    const page = await openThread(desktop, server, ben, id, phone);
    await page.bringToFront();
    await eventually(async () => expect(await unreadOf(ben, id)).toBe(0));
    for (const name of ['Open picture', 'Details']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).waitFor();
      await ann.post(id, `behind ${name}`);
      await page.locator('[role=log]').getByText(`behind ${name}`).waitFor();
      await page.locator('[role=log]').getByText('New messages').waitFor();
      expect(await unreadOf(ben, id)).toBe(1);
      await page.getByRole('button', { name: 'Close' }).click();
      await eventually(async () => expect(await unreadOf(ben, id)).toBe(0));
      // who was there all the time has no line any more
      await page.reload();
      await seen(page, `behind ${name}`);
    }
  });

  inBrowsers('is read while a menu is open beside it', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ben, id);
    await page.bringToFront();
    await write(page, 'Are you there?');
    await page.getByRole('article').hover();
    await page.getByRole('button', { name: 'Message actions' }).click();
    await page.getByRole('menu').waitFor();
    await ann.post(id, 'I am');
    await eventually(async () => expect(await unreadOf(ben, id)).toBe(0));
    await page.locator('[role=log]').getByText('I am', { exact: true }).waitFor();
    expect(await page.getByRole('menu').count()).toBe(1);
  });
});
