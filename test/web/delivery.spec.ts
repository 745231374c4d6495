import type { Conversation } from '@dunlin/contracts/wire';
import { eventually } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { barriers, signIn, textsIn } from './chat.js';
import { act, blockUnnoticed, composer, inView, openThread, scroll, twoFriends, write } from './thread-page.js';

jest.setTimeout(120_000);

describe('What one sends', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers('is marked when it was refused, and sent again or given up', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await blockUnnoticed(desktop, page, ben, ann);
    for (const text of ['Try this again', 'Give this up']) await write(page, text);
    await eventually(async () =>
      expect(await page.getByRole('log').getByRole('img', { name: 'Not sent' }).count()).toBe(2),
    );
    await page.getByText('Not sent. That is blocked.').first().waitFor();
    expect(await barriers(page)).toEqual([]);
    await ben.ok('DELETE', `/blocks/${ann.id}`);
    const request = await ann.ok<{ id: string }>('POST', '/friend-requests', { userId: ben.id });
    await ben.ok('POST', `/friend-requests/${request.id}/accept`);
    await act(page, 'Give this up', 'Discard');
    await page
      .getByRole('article')
      .filter({ hasText: 'Try this again' })
      .getByRole('button', { name: 'Try again' })
      .click();
    await page.getByRole('img', { name: 'Sent', exact: true }).waitFor();
    expect(await textsIn(page)).toEqual(['Try this again']);
    await page.reload();
    await eventually(async () => expect(await textsIn(page)).toEqual(['Try this again']));
  });

  inBrowsers('goes to the end when it is sent again from far up, and so does who sends it', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await blockUnnoticed(desktop, page, ben, ann);
    const texts = ['By its button', 'By its menu'];
    for (const text of texts) await write(page, text);
    const log = page.getByRole('log');
    await eventually(async () => expect(await log.getByText('Not sent. That is blocked.').count()).toBe(2));
    await ben.ok('DELETE', `/blocks/${ann.id}`);
    const request = await ann.ok<{ id: string }>('POST', '/friend-requests', { userId: ben.id });
    await ben.ok('POST', `/friend-requests/${request.id}/accept`);
    for (let n = 1; n <= 30; n++) {
      // more at once than fits would stay at its first
      await ben.post(id, `message ${n}`);
      await log.getByText(`message ${n}`, { exact: true }).waitFor();
    }
    await eventually(async () => expect(await inView(page, log.getByText('message 30'))).toBe(true));
    for (const text of texts) {
      const refused = log.getByText(text);
      await eventually(async () => {
        await scroll(page, -3000);
        expect(await inView(page, refused)).toBe(true);
      });
      if (text === texts[1]) await act(page, text, 'Try again');
      else await page.getByRole('article').filter({ hasText: text }).getByRole('button', { name: 'Try again' }).click();
      await eventually(async () => expect(await inView(page, refused)).toBe(true));
      expect(await page.getByRole('article').last().innerText()).toContain(text);
      await eventually(async () => expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Message'));
    }
  });

  inBrowsers('to a group is marked as read by somebody while one was away', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT);
    const [ann, ben] = [await person('ann', server.gateways), await person('ben', server.gateways)];
    const { conversationId: id } = await ann.makeGroup([ben]);
    const page = await openThread(desktop, server, ann, id);
    await write(page, 'Low water is at six');
    await page.getByRole('log').getByRole('img', { name: 'Sent', exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('Reconnecting').waitFor();
    const { lastSeq } = await ben.ok<Conversation>('GET', `/conversations/${id}`);
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: lastSeq });
    await page.context().setOffline(false);
    await page.getByRole('log').getByRole('img', { name: 'Read', exact: true }).waitFor();
  });

  inBrowsers('arrives once and in order, 200 of them, though the server is killed in between', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, /Failed to load resource/);
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const texts = Array.from({ length: 200 }, (_, n) => `number ${n}`);
    const [name = ''] = server.names.filter((one) => /monolith|gateway-1/.test(one));
    let restarted: Promise<void> | undefined;
    for (const [n, text] of texts.entries()) {
      await write(page, text);
      if (n === 60) await server.kill(name);
      if (n === 120) {
        await page
          .getByText(/^Reconnecting|^Connecting/)
          .first()
          .waitFor();
        await page.getByText(/\d+ waiting to send/).waitFor();
        expect(await barriers(page)).toEqual([]);
        restarted = server.restart(name);
      }
    }
    await restarted;
    const stored = async (): Promise<string[]> => {
      const path = `/conversations/${id}/messages?afterSeq=0&limit=200`;
      const { messages } = await ben.ok<{ messages: { content: { text: string } }[] }>('GET', path);
      return messages.map(({ content }) => content.text);
    };
    await eventually(async () => expect(await stored()).toHaveLength(200), 60_000);
    expect(await stored()).toEqual(texts);
    // without a reload, the page shows the last ones as sent
    await eventually(async () => expect((await textsIn(page)).at(-1)).toBe('number 199'));
    await eventually(async () => expect(await page.getByRole('img', { name: 'Waiting to be sent' }).count()).toBe(0));
    const shown = await textsIn(page);
    expect(shown).toEqual(texts.slice(-shown.length));
    await page.getByText(/waiting to send/).waitFor({ state: 'detached' });
  });

  inBrowsers('is announced while it is written, and who is there is shown', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const header = page.getByRole('main').getByRole('banner').or(page.locator('main header'));
    const other = await openThread(desktop, server, ben, id, { gateway: -1 });
    await header.getByText('online').waitFor();
    await composer(other).pressSequentially('Wai');
    await header.getByText('typing…').waitFor();
    await page
      .getByRole('link', { name: new RegExp(ben.user.displayName) })
      .getByText('typing…')
      .waitFor();
    await composer(other).fill('');
    await other.context().close();
    await header.getByText(/last seen/).waitFor();
  });

  inBrowsers('a picture is looked at in full, as large as it is, and by keyboard', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    const name = '<img src=x onerror=alert(1)>.png';
    await page.locator('input[type=file]').setInputFiles([
      { name, mimeType: 'image/png', buffer: await picture() },
      { name: name.replace('.png', '.csv'), mimeType: 'text/csv', buffer: Buffer.from('a,b\n') },
    ]);
    await page.getByRole('button', { name: `Remove ${name}` }).waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('button', { name: `Save ${name.replace('.png', '.csv')}` }).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    // a file on its way looks so
    const save = page.getByRole('button', { name: /^Save / });
    const loaded = page.waitForEvent('download');
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    await page.route(/\/media\//, async (route) => {
      await held;
      await route.continue();
    });
    await save.click();
    const opacity = (element: unknown): string =>
      (globalThis as unknown as { getComputedStyle(of: unknown): { opacity: string } }).getComputedStyle(element)
        .opacity;
    await eventually(async () => expect(Number(await save.evaluate(opacity))).toBeLessThan(1));
    go();
    await loaded;
    await eventually(async () => expect(Number(await save.evaluate(opacity))).toBe(1));
    const open = page.getByRole('button', { name: 'Open picture' });
    await open.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const shown = dialog.getByRole('img', { name: 'Picture' });
    await shown.waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 640 });
    const width = async () => Math.round((await shown.boundingBox())?.width ?? 0);
    await eventually(async () => expect(await width()).toBeLessThanOrEqual(360));
    await page.keyboard.press('+');
    await eventually(async () => expect(await width()).toBe(640));
    await page.keyboard.press('-');
    await eventually(async () => expect(await width()).toBeLessThanOrEqual(360));
    await dialog.getByRole('button', { name: 'Zoom in' }).click();
    await eventually(async () => expect(await width()).toBe(640));
    await page.keyboard.press('-');
    // what one clicks stays where it is: a point in the right half, a quarter from its end
    await eventually(async () => expect(await width()).toBeLessThanOrEqual(360));
    await page.mouse.click(16 + (328 * 3) / 4, 320);
    await eventually(async () => {
      const { x = NaN } = (await shown.boundingBox()) ?? {};
      expect(Math.abs(x + (640 * 3) / 4 - (16 + (328 * 3) / 4))).toBeLessThanOrEqual(2);
    });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await eventually(async () =>
      expect(
        await open.evaluate(
          (element) =>
            element ===
            (element as unknown as { ownerDocument: { activeElement: unknown } }).ownerDocument.activeElement,
        ),
      ).toBe(true),
    );
  });

  inBrowsers('pictures are looked at one after the other, by keys, buttons and fingers', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    let sent = 0;
    const send = async (width: number): Promise<void> => {
      const { id: mediaId } = await ben.uploaded(await picture('png', width, 80));
      const body = { clientMsgId: `picture-${++sent}`, type: 'image', content: { mediaId } };
      await ben.ok('POST', `/conversations/${id}/messages`, body);
    };
    for (const width of [100, 150, 200]) await send(width);
    const page = await openThread(desktop, server, ann, id, { hasTouch: true });
    await page.getByRole('button', { name: 'Open picture' }).nth(1).click();
    const dialog = page.getByRole('dialog');
    const shows = async (at: number): Promise<void> => {
      await dialog.getByText(`Picture ${at} of 3`).waitFor();
      await eventually(async () =>
        expect(
          await dialog
            .getByRole('img', { name: 'Picture' })
            .evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth),
        ).toBe(50 + 50 * at),
      );
    };
    const [back, on] = [
      dialog.getByRole('button', { name: 'Previous picture' }),
      dialog.getByRole('button', { name: 'Next picture' }),
    ];
    await shows(2);
    await dialog.getByText('2 / 3').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('ArrowRight');
    await shows(3);
    // nothing comes after the last one, and the keyboard stays where it is
    await page.keyboard.press('ArrowRight');
    await shows(3);
    expect(await on.getAttribute('aria-disabled')).toBe('true');
    await back.click();
    await shows(2);
    await back.click();
    await shows(1);
    await page.locator('button:focus').and(back).waitFor();
    const touch = await page.context().newCDPSession(page);
    const swipe = async (from: [number, number], to: [number, number]): Promise<void> => {
      const at = ([x, y]: [number, number]) => ({ touchPoints: [{ x, y }] });
      await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(from) });
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(to) });
      await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    };
    await swipe([600, 400], [300, 410]);
    await shows(2);
    await swipe([300, 400], [600, 410]);
    await shows(1);
    await swipe([600, 200], [500, 500]);
    await shows(1);
    // enlarged, it is moved by the same keys
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowRight');
    await shows(1);
    await page.keyboard.press('-');
    // one that comes in meanwhile counts
    await send(250);
    await dialog.getByText('1 / 4').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  inBrowsers(
    'a conversation that is not there has a way back on a phone, and one that fails to come says why',
    async (desktop) => {
      desktop.expected.push(/Failed to load resource/);
      const [ann, , id] = await twoFriends(server);
      const page = await openThread(desktop, server, ann, id, { viewport: { width: 360, height: 640 } });
      await page.goto(`${ann.base}/c/nowhere`);
      await page.getByText('This conversation is not there').waitFor();
      await page.getByRole('link', { name: 'Back' }).click();
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
      await page.route('**/api/v1/conversations/away', (route) => route.abort('connectionreset'));
      const asked = page.waitForEvent('requestfailed');
      await page.goto(`${ann.base}/c/away`);
      await asked;
      await page.getByRole('main').getByText('The server cannot be reached.').waitFor();
      await page.unroute('**/api/v1/conversations/away');
      await page.context().setOffline(true);
      await page.getByText('Reconnecting').waitFor();
      await page.context().setOffline(false);
      await page.getByText('This conversation is not there').waitFor();
    },
  );

  inBrowsers('a list that does not come says why, and is asked for again', async (desktop) => {
    desktop.expected.push(/Failed to load resource/, LINE_IS_CUT);
    const [ann, ben] = await twoFriends(server);
    const context = await desktop.open();
    const asked = '**/api/v1/conversations?*';
    const page = await context.newPage();
    const list = page.getByRole('region', { name: 'Conversations' });
    await page.route(asked, (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'internal', title: 'x', status: 500, retryable: false }),
      }),
    );
    await page.goto(ann.base);
    await signIn(page, ann.user.username);
    await list.getByRole('alert').getByText('Something went wrong.').waitFor();
    expect(await list.getByText('No conversations yet').count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
    await page.unroute(asked);
    await list.getByRole('button', { name: 'Try again' }).click();
    await list.getByRole('link', { name: new RegExp(ben.user.username) }).waitFor();
    expect(await list.getByRole('alert').count()).toBe(0);
  });

  inBrowsers('without a line at the first start one is told so, and it comes with the line', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, /Failed to load resource/);
    const [ann, ben] = await twoFriends(server);
    const page = await (await desktop.open()).newPage();
    await page.route('**/socket.io/**', (route) => route.abort('connectionreset'));
    let cut = true;
    await page.routeWebSocket('**/socket.io/**', (socket) => {
      if (cut) void socket.close();
      else socket.connectToServer();
    });
    await page.goto(ann.base);
    await signIn(page, ann.user.username);
    const list = page.getByRole('region', { name: 'Conversations' });
    await list.getByRole('alert').getByText('The server cannot be reached.').waitFor();
    cut = false;
    await page.unroute('**/socket.io/**');
    // the line may come by itself before
    await list
      .getByRole('button', { name: 'Try again' })
      .click({ timeout: 2000 })
      .catch(() => undefined);
    await list.getByRole('link', { name: new RegExp(ben.user.username) }).waitFor();
  });

  inBrowsers('the list of conversations is searched as one types', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    await ann.makeGroup([], { name: 'Estuary walks' });
    const page = await openThread(desktop, server, ann, id);
    const list = page.getByRole('region', { name: 'Conversations' });
    await eventually(async () => expect(await list.getByRole('link').count()).toBe(2));
    await list.getByRole('searchbox').fill('wALK');
    await eventually(async () => expect(await list.getByRole('link').count()).toBe(1));
    await list.getByRole('status').getByText('1 shown').waitFor({ state: 'attached' });
    await list.getByRole('searchbox').fill(ben.user.username.slice(0, 6));
    await list.getByRole('link', { name: new RegExp(ben.user.displayName) }).waitFor();
    await list.getByRole('searchbox').fill('nobody at all');
    await list.getByRole('status').getByText('Nothing is called that.').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await list.getByRole('link').count()).toBe(2));
    await list.getByRole('searchbox').fill('walk');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Estuary walks' }).waitFor();
    expect(await list.getByRole('searchbox').inputValue()).toBe('');
  });
});
