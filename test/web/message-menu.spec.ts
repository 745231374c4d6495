import type { Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { textsIn } from './chat.js';
import { composer, openThread, twoFriends, write } from './thread-page.js';

jest.setTimeout(90_000);

const TEXT = 'Low tide,\n  at nine <b>sharp</b>';

describe('What can be done with a message', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  const writes = (page: Page): Promise<boolean> =>
    composer(page).evaluate(
      (element) =>
        element === (element as unknown as { ownerDocument: { activeElement: unknown } }).ownerDocument.activeElement,
    );

  const act = async (page: Page, text: string, action: string): Promise<void> => {
    const row = page.getByRole('article').filter({ hasText: text }).first();
    await row.getByRole('button', { name: 'Message actions' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: action }).press('Enter');
  };

  inBrowsers('it is answered by keyboard alone, in words or by a picture, which both quote it', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await write(page, 'Who comes along?');
    const quotes = page.getByRole('log').getByRole('button', { name: /Who comes along/ });
    await act(page, 'Who comes along?', 'Reply');
    await eventually(async () => expect(await writes(page)).toBe(true));
    await page.keyboard.type('I do');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await textsIn(page)).toEqual(['Who comes along?', 'I do']));
    await eventually(async () => expect(await quotes.count()).toBe(1));

    await act(page, 'Who comes along?', 'Reply');
    await page
      .locator('input[type=file]')
      .setInputFiles([{ name: 'me.png', mimeType: 'image/png', buffer: await picture() }]);
    await page.getByRole('list', { name: 'Attached' }).getByRole('img').waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('button', { name: 'Open picture' }).waitFor();
    await eventually(async () => expect(await quotes.count()).toBe(2));
    // and on it goes
    await eventually(async () => expect(await writes(page)).toBe(true));
  });

  inBrowsers('what goes with the next one stays while one looks into another conversation', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const { conversationId: notes } = await ann.makeGroup([], { name: 'Notes' });
    const page = await openThread(desktop, server, ann, id);
    await write(page, 'Which one?');
    await act(page, 'Which one?', 'Reply');
    await page
      .locator('input[type=file]')
      .setInputFiles([{ name: 'this.png', mimeType: 'image/png', buffer: await picture() }]);
    const tray = page.getByRole('list', { name: 'Attached' });
    await tray.getByRole('img').waitFor();
    await page.getByRole('link', { name: /Notes/ }).click();
    await page.waitForURL(`**/c/${notes}`);
    await composer(page).waitFor();
    expect(await tray.count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Do not reply' }).count()).toBe(0);
    await page.goBack();
    await tray.getByRole('img', { name: 'this.png' }).waitFor();
    await page.getByRole('button', { name: 'Do not reply' }).waitFor();
  });

  inBrowsers('one that was refused is discarded by keyboard, which stays in the thread', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const name = { name: 'notes.html', mimeType: 'text/html', buffer: Buffer.from('<!doctype html><p>Notes</p>') };
    const refused = page.getByRole('article').filter({ hasText: 'notes.html' });
    const focused = (): Promise<string | null> => page.locator(':focus').getAttribute('aria-label');
    for (const discard of [
      () => refused.getByRole('button', { name: 'Discard' }).press('Enter'),
      () => act(page, 'notes.html', 'Discard'),
    ]) {
      desktop.expected.push(/status of 415/);
      await page.locator('input[type=file]').setInputFiles([name]);
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await refused.getByRole('alert').waitFor();
      await discard();
      await refused.waitFor({ state: 'detached' });
      await eventually(async () => expect(await focused()).toBe('Message'));
    }
  });

  inBrowsers('it is copied as it was written, over plain http too', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await write(page, TEXT);
    for (const secure of [true, false]) {
      if (!secure) {
        await composer(page).fill('');
        // what a browser takes away from a page that did not come over https
        await page.evaluate(() =>
          Object.defineProperty(
            (globalThis as unknown as { Navigator: { prototype: object } }).Navigator.prototype,
            'clipboard',
            { value: undefined },
          ),
        );
      }
      await act(page, 'Low tide', 'Copy');
      await page.getByText('Copied', { exact: true }).first().waitFor();
      await composer(page).focus();
      await page.keyboard.press('Control+V');
      await eventually(async () => expect(await composer(page).inputValue()).toBe(TEXT));
    }
  });

  inBrowsers('a finger that rests on it opens the menu; a conversation opens without a keyboard', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    await ben.ok('POST', `/conversations/${id}/messages`, {
      clientMsgId: 'one',
      type: 'text',
      content: { text: 'See https://example.org/tides' },
    });
    const page = await openThread(desktop, server, ann, id, {
      viewport: { width: 360, height: 640 },
      hasTouch: true,
      isMobile: true,
    });
    const link = page.getByRole('log').getByRole('link');
    await link.waitFor();
    expect(await writes(page)).toBe(false);
    const { x, y } = (await link.boundingBox()) as { x: number; y: number };
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchEnd'): Promise<unknown> =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : [{ x: x + 8, y: y + 8 }],
      });
    await touch('touchStart');
    const reply = page.getByRole('menuitem', { name: 'Reply' });
    await reply.waitFor();
    await touch('touchEnd');
    await reply.waitFor();
    expect(page.context().pages()).toHaveLength(1);
    await reply.tap();
    await page.getByRole('button', { name: 'Do not reply' }).waitFor();
    await eventually(async () => expect(await writes(page)).toBe(true));
  });
});
