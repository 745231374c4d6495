import type { GroupCard } from '@dunlin/contracts/wire';
import { eventually } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { barriers, openAs, textsIn } from './chat.js';
import { composer, inView, jumpButton, openThread, scroll, twoFriends, write } from './thread-page.js';

jest.setTimeout(90_000);

const HOSTILE = '<img src=x onerror=alert(1)> javascript:alert(1) \u202egnihtemos';

describe('A thread', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers(
    'carries what two people write, shows what was read, and lets one answer with a quote',
    async (desktop) => {
      const [ann, ben, id] = await twoFriends(server);
      const [annPage, benPage] = [
        await openThread(desktop, server, ann, id),
        await openThread(desktop, server, ben, id, { gateway: -1 }),
      ];
      await annPage.bringToFront();
      await write(annPage, 'Low tide is at nine');
      await write(annPage, HOSTILE);
      await benPage.bringToFront();
      await benPage.getByRole('log').getByText('Low tide is at nine').waitFor();
      await eventually(async () => expect(await textsIn(benPage)).toEqual(['Low tide is at nine', HOSTILE]));
      expect(await benPage.locator('img[src="x"]').count()).toBe(0);
      expect(await benPage.getByRole('log').getByRole('link').count()).toBe(0);

      await annPage.getByRole('img', { name: 'Read' }).nth(1).waitFor();
      const first = benPage.getByRole('article').first();
      await first.hover();
      await first.getByRole('button', { name: 'Message actions' }).click();
      await benPage.getByRole('menuitem', { name: 'Reply' }).click();
      await write(benPage, 'I am there');
      await annPage.bringToFront();
      const answer = annPage.getByRole('article').last();
      await answer.getByText('I am there').waitFor();
      expect(await answer.getByRole('button').first().innerText()).toContain('Low tide is at nine');
      expect(await barriers(annPage)).toEqual([]);
    },
  );

  inBrowsers('carries pictures and files, shows them in full and closes them with Escape', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const [annPage, benPage] = [
      await openThread(desktop, server, ann, id),
      await openThread(desktop, server, ben, id, { gateway: -1 }),
    ];
    await annPage.locator('input[type=file]').setInputFiles([
      { name: 'shore.png', mimeType: 'image/png', buffer: await picture() },
      { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') },
    ]);
    await annPage.getByRole('button', { name: 'Remove list.csv' }).waitFor();
    await write(annPage, 'From the shore');
    const seen = benPage.getByRole('log');
    await seen.getByText('From the shore').waitFor();
    await seen.getByRole('button', { name: 'Save list.csv' }).waitFor();
    await seen.getByRole('button', { name: 'Open picture' }).click();
    const shown = benPage.getByRole('dialog').getByRole('img', { name: 'Picture' });
    await shown.waitFor();
    const width = await shown.evaluate(async (element) => {
      const image = element as unknown as { decode(): Promise<void>; naturalWidth: number };
      await image.decode();
      return image.naturalWidth;
    });
    expect(width).toBe(640);
    await benPage.keyboard.press('Escape');
    await shown.waitFor({ state: 'detached' });
    expect(await textsIn(annPage)).toEqual(['From the shore']);
  });

  inBrowsers('keeps a text to its own place, whatever it is made of', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await write(page, 'a quiet line');
    const quiet = page.getByRole('article').filter({ hasText: 'a quiet line' });
    await quiet.getByRole('img', { name: 'Sent', exact: true }).waitFor();
    const before = await quiet.screenshot();
    await write(page, `a${'\u0310\u0311\u0312\u0313\u0314'.repeat(40)} tower of signs over it`);
    await page.getByRole('log').getByText('tower of signs').waitFor();
    expect(before.equals(await quiet.screenshot())).toBe(true);
    await write(page, '\u202egnihtemos');
    await page.getByRole('article').nth(2).waitFor();
    // where the letters are, the time is not
    const overlap = await page
      .getByRole('article')
      .last()
      .evaluate((element) => {
        type Box = { left: number; right: number; top: number; bottom: number };
        const { document } = globalThis as unknown as {
          document: { createRange(): { selectNodeContents(of: unknown): void; getBoundingClientRect(): Box } };
        };
        const within = element as unknown as { querySelector(what: string): { getBoundingClientRect(): Box } };
        const range = document.createRange();
        range.selectNodeContents(within.querySelector('[data-text] > span'));
        const [text, time] = [range.getBoundingClientRect(), within.querySelector('time').getBoundingClientRect()];
        return Math.min(text.right, time.right) - Math.max(text.left, time.left);
      });
    expect(overlap).toBeLessThanOrEqual(0);
  });

  inBrowsers('says a message’s time once, and cuts nothing off on a narrow phone', async (desktop) => {
    const [ann, ben] = [await person('ann', server.gateways), await person('ben', server.gateways)];
    await ben.ok('PATCH', '/users/me', { displayName: 'Benedict of the Upper Estuary' });
    const group = await ann.makeGroup([ben], { name: 'Walks' });
    await ben.post(group.conversationId, 'Low tide is at nine, and we meet by the boats. '.repeat(3));
    const phone = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
    const page = await openThread(desktop, server, ann, group.conversationId, phone);
    const row = page.getByRole('article').filter({ hasText: 'Low tide' });
    const actions = await row.getByRole('button', { name: 'Message actions' }).boundingBox();
    expect((actions?.x ?? 320) + (actions?.width ?? 0)).toBeLessThanOrEqual(320);
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send('Accessibility.getFullAXTree');
    const times = nodes.filter(
      ({ role, name }) => role?.value === 'StaticText' && /^\d\d:\d\d$/.test(String(name?.value)),
    );
    expect(times).toHaveLength(1);
  });

  inBrowsers('leaves Enter to an input method, and breaks lines with Shift', async (desktop) => {
    const ann = await person('ann', server.gateways);
    const group = await ann.ok<GroupCard>('POST', '/groups', { name: 'Notes', joinPolicy: 'invite' });
    const page = await openThread(desktop, server, ann, group.conversationId);
    await page.getByRole('textbox', { name: 'Message' }).focus();
    const session = await page.context().newCDPSession(page);
    await session.send('Input.imeSetComposition', { text: '你好', selectionStart: 2, selectionEnd: 2 });
    await page
      .getByRole('textbox', { name: 'Message' })
      .dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
    expect(await textsIn(page)).toEqual([]);
    await session.send('Input.insertText', { text: '你好' });
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second line');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await textsIn(page)).toEqual(['你好\nsecond line']));
  });

  inBrowsers('loses nothing of what is written while the server is gone, and shows it in order', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, /Failed to load resource/);
    const [ann, ben, id] = await twoFriends(server);
    const [annPage, benPage] = [
      await openThread(desktop, server, ann, id),
      await openThread(desktop, server, ben, id, { gateway: -1 }),
    ];
    await write(annPage, 'before');
    await benPage.getByRole('log').getByText('before').waitFor();
    // its ack may come after that, and would be lost with the server
    await annPage.getByRole('img', { name: 'Waiting to be sent' }).waitFor({ state: 'detached' });
    const [name = ''] = server.names.filter((one) => /monolith|gateway-1/.test(one));
    await server.kill(name);
    const texts = Array.from({ length: 12 }, (_, n) => `while it was gone ${n}`);
    for (const text of texts) await write(annPage, text);
    await annPage
      .getByText(/12 waiting/)
      .first()
      .waitFor();
    await server.restart(name);
    for (const page of [annPage, benPage])
      await eventually(async () => expect(await textsIn(page)).toEqual(['before', ...texts]), 30_000);
    await eventually(async () =>
      expect(await annPage.getByRole('img', { name: 'Waiting to be sent' }).count()).toBe(0),
    );
  });

  inBrowsers('marks what was read while one was away, on a new device too', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await write(page, 'Until tomorrow');
    await page.getByRole('img', { name: 'Sent', exact: true }).waitFor();
    await page.goto('about:blank');
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 1 });
    await page.goBack();
    for (const one of [page, await openThread(desktop, server, ann, id)])
      await one.getByRole('article').getByRole('img', { name: 'Read', exact: true }).waitFor();
  });

  inBrowsers('keeps its end in sight while what one writes grows', async (desktop) => {
    const [ann, , id] = await twoFriends(server);
    for (let n = 1; n <= 40; n++) await ann.post(id, `message ${n}`);
    const page = await openThread(desktop, server, ann, id);
    const last = page.getByRole('log').getByText('message 40', { exact: true });
    await eventually(async () => expect(await inView(page, last)).toBe(true));
    await composer(page).fill('one\ntwo\nthree\nfour\nfive\nsix');
    await eventually(async () => expect(await inView(page, last)).toBe(true));
    await page.setViewportSize({ width: 900, height: 500 });
    await eventually(async () => expect(await inView(page, last)).toBe(true));
    // and what leads there does not lie over it
    await scroll(page, -600);
    const [button, form] = await Promise.all([
      jumpButton(page).boundingBox(),
      page.getByRole('form', { name: 'Write a message' }).boundingBox(),
    ]);
    expect((button?.y ?? Infinity) + (button?.height ?? 0)).toBeLessThanOrEqual(form?.y ?? 0);
  });

  inBrowsers('is left on a phone by its arrow, and not met again by Back', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const { conversationId } = await ann.makeGroup([], { name: 'Walks' });
    const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
    const page = await openAs(await desktop.open(phone), ann.base, ann.user.username, '/groups');
    await ben.post(id, 'Low tide is at nine');
    await page.getByRole('link', { name: 'Chats 1 unread message' }).tap();
    // the list is a page too, to those who go by what it is made of
    await page.getByRole('heading', { name: 'Chats', level: 1 }).waitFor();
    await page.getByRole('main').getByRole('region', { name: 'Conversations' }).waitFor();
    await page.getByRole('link', { name: /Walks/ }).tap();
    await page.waitForURL(`**/c/${conversationId}`);
    await page.getByRole('link', { name: 'Back' }).tap();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Groups', exact: true }).waitFor();
    // and where one came straight to it, the arrow leads to the list too
    await page.goto(`${ann.base}/c/${id}`);
    await page.getByRole('link', { name: 'Back' }).tap();
    await page.getByRole('link', { name: /Walks/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });
});
