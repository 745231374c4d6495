import type { Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { PASSWORD } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { openChat, signIn, textsIn } from './chat.js';
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
    // a browser keeps no files over a reload; what was begun is the same answer after it
    await composer(page).fill('The one with');
    await page.reload();
    await eventually(async () => expect(await composer(page).inputValue()).toBe('The one with'));
    await page.getByRole('form').getByText('Which one?').waitFor();
    await composer(page).focus();
    await page.keyboard.type(' the gulls');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article').filter({ hasText: 'The one with the gulls' });
    await answer.getByRole('button', { name: /Which one/ }).waitFor();
    await page.reload();
    await answer.waitFor();
    expect(await page.getByRole('button', { name: 'Do not reply' }).count()).toBe(0);
  });

  inBrowsers('one that was refused is discarded by keyboard, which stays in the thread', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const name = { name: 'notes.bat', mimeType: 'text/plain', buffer: Buffer.from('echo Notes') };
    const refused = page.getByRole('article').filter({ hasText: 'notes.bat' });
    const focused = (): Promise<string | null> => page.locator(':focus').getAttribute('aria-label');
    for (const discard of [
      () => refused.getByRole('button', { name: 'Discard' }).press('Enter'),
      () => act(page, 'notes.bat', 'Discard'),
    ]) {
      desktop.expected.push(/status of 415/);
      await page.locator('input[type=file]').setInputFiles([name]);
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await refused.getByText(/^Not sent/).waitFor();
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
    const stop = page.getByRole('button', { name: 'Do not reply' });
    await stop.waitFor();
    await eventually(async () => expect(await writes(page)).toBe(true));
    // an answer from before is no reason to cover the thread
    await page.reload();
    await stop.waitFor();
    expect(await writes(page)).toBe(false);
  });

  inBrowsers('an answer waits for who began it, whoever else signs out on the device meanwhile', async (desktop) => {
    desktop.expected.push(/status of 401/);
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const stop = page.getByRole('button', { name: 'Do not reply' });
    const signOut = async (): Promise<void> => {
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).first().click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.goto(`${ann.base}/c/${id}`);
    };
    await write(page, 'Which one?');
    await act(page, 'Which one?', 'Reply');
    await stop.waitFor();
    await ann.ok('POST', '/auth/password', { currentPassword: PASSWORD, newPassword: PASSWORD });
    await page.getByText('Your password was changed. Sign in again.').waitFor();
    await signIn(page, ben.user.username);
    await page.getByRole('article').filter({ hasText: 'Which one?' }).waitFor();
    expect(await stop.count()).toBe(0);
    await signOut();
    await signIn(page, ann.user.username);
    await stop.waitFor();
    // with their own sign-out it is gone
    await signOut();
    await signIn(page, ann.user.username);
    await composer(page).waitFor();
    expect(await stop.count()).toBe(0);
  });

  inBrowsers('what it is answered by is the same in all tabs, with or without its quote', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const other = await openChat(page.context(), server.gateways[0] as string, `/c/${id}`);
    await composer(other).waitFor();
    await write(page, 'Which one?');
    await page.bringToFront();
    await act(page, 'Which one?', 'Reply');
    const cancels = [page, other].map((tab) => tab.getByRole('button', { name: 'Do not reply' }));
    for (const cancel of cancels) await cancel.waitFor();
    await write(other, 'This one');
    const quote = other.getByRole('log').getByRole('button', { name: /Which one/ });
    await quote.waitFor();
    for (const cancel of cancels) await cancel.waitFor({ state: 'detached' });
    await write(page, 'Thank you');
    await eventually(async () => expect(await textsIn(other)).toEqual(['Which one?', 'This one', 'Thank you']));
    expect(await quote.count()).toBe(1);
    // who is elsewhere in the other one stays there
    const search = other.getByRole('searchbox', { name: 'Search conversations' });
    await search.focus();
    await act(page, 'Which one?', 'Reply');
    for (const cancel of cancels) await cancel.waitFor();
    await cancels[0]?.click();
    for (const cancel of cancels) await cancel.waitFor({ state: 'detached' });
    await search.and(other.locator(':focus')).waitFor();
  });
});
