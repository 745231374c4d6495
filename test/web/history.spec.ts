import type { Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { befriend, person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { openAs } from './chat.js';
import { composer, inView, jumpButton, openThread, scroll, twoFriends, write } from './thread-page.js';

jest.setTimeout(90_000);

describe('The history of a conversation', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  const message = (page: Page, n: number) => page.getByRole('log').getByText(`message ${n}`, { exact: true });
  const seen = (page: Page, n: number): Promise<void> =>
    eventually(async () => expect(await inView(page, message(page, n))).toBe(true));

  /** Pixels that are above, and below, what is seen. */
  const around = (page: Page): Promise<[number, number]> =>
    page.getByRole('log').evaluate((element) => {
      const { scrollHeight, scrollTop, clientHeight } = element as unknown as Record<string, number>;
      return [scrollTop, (scrollHeight as number) - (scrollTop as number) - (clientHeight as number)] as [
        number,
        number,
      ];
    });
  const topOf = async (page: Page): Promise<number> => (await around(page))[0];

  inBrowsers('opens at the first unread message, under a line that says so', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    for (let n = 1; n <= 150; n++) await ann.post(id, `message ${n}`);
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 100 });
    const page = await openThread(desktop, server, ben, id);
    await seen(page, 101);
    expect(await inView(page, page.getByRole('log').getByText('New messages', { exact: true }))).toBe(true);
    expect(await inView(page, message(page, 150))).toBe(false);
    // how many are below, and the way there
    await page.getByRole('button', { name: /\d+ new messages/ }).click();
    await seen(page, 150);
    await jumpButton(page).waitFor({ state: 'detached' });
  });

  inBrowsers('keeps its place while older messages come, and has a line for the day at its begin', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    for (let n = 1; n <= 150; n++) await ann.post(id, `message ${n}`);
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 150 });
    const page = await openThread(desktop, server, ben, id);
    await seen(page, 150);
    // pages are held back, so that one sees what happens when they come
    let held: (() => void)[] = [];
    await page.route(/\/messages\?.*beforeSeq/, async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    await eventually(async () => {
      await scroll(page, -2000);
      expect(held.length).toBeGreaterThan(0);
    });
    const first = page.getByRole('article').filter({ hasText: 'message' }).first();
    await eventually(async () => {
      await scroll(page, -2000);
      expect(await topOf(page)).toBe(0);
    });
    const text = await first.locator('[data-text]').innerText();
    const row = page.getByRole('log').getByText(text, { exact: true });
    const before = (await row.boundingBox())?.y ?? NaN;
    const release = held;
    held = [];
    for (const one of release) one();
    const older = message(page, Number(text.replace(/\D/g, '')) - 1);
    await older.waitFor({ state: 'attached' });
    await eventually(async () => {
      const after = (await row.boundingBox())?.y ?? NaN;
      // the first of a group has a gap above it, which goes when it is no longer the first
      expect(Math.abs(after - before)).toBeLessThanOrEqual(16);
    });
    await page.unroute(/\/messages\?.*beforeSeq/);
    for (const one of held) one();

    await eventually(async () => {
      await scroll(page, -2000);
      expect(await inView(page, message(page, 1))).toBe(true);
    }, 30_000);
    const today = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' }).format(new Date());
    expect(await page.getByRole('log').getByText(today).count()).toBe(1);
  });

  inBrowsers('lets one leave the end in small steps, whatever comes meanwhile', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    for (let n = 1; n <= 60; n++) await ann.post(id, `message ${n}`);
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 60 });
    const page = await openThread(desktop, server, ben, id);
    await seen(page, 60);
    for (let step = 1; step <= 20; step++) {
      await scroll(page, -20);
      if (step % 5 === 0) await ann.post(id, `meanwhile ${step}`);
    }
    await eventually(async () => expect((await around(page))[1]).toBeGreaterThan(300));
    await page.getByRole('button', { name: '4 new messages' }).waitFor();
    await page.getByRole('button', { name: '4 new messages' }).click();
    await eventually(async () =>
      expect(await inView(page, page.getByRole('log').getByText('meanwhile 20', { exact: true }))).toBe(true),
    );
    await ann.post(id, 'and at the end one stays there');
    await eventually(async () =>
      expect(await inView(page, page.getByRole('log').getByText('and at the end'))).toBe(true),
    );
  });

  inBrowsers('is where one left it when one comes back, unless something new came', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const { conversationId: notes } = await ben.makeGroup([], { name: 'Notes' });
    for (let n = 1; n <= 120; n++) await ann.post(id, `message ${n}`);
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 120 });
    const page = await openThread(desktop, server, ben, id);
    await page.bringToFront();
    await seen(page, 120);
    await eventually(async () => {
      await scroll(page, -700);
      expect((await around(page))[1]).toBeGreaterThan(2000);
    });
    const texts = page.getByRole('log').locator('article [data-text]');
    const shownAt = async (text: string): Promise<number> =>
      (await page.getByRole('log').getByText(text, { exact: true }).boundingBox())?.y ?? NaN;
    const inSight = async (): Promise<string> => {
      for (const one of await texts.all()) if (await inView(page, one)) return one.innerText();
      throw new Error('Nothing is in sight');
    };
    let [text, y] = ['', NaN];
    await eventually(async () => {
      const before = y;
      text = await inSight();
      y = await shownAt(text);
      expect(y).toBe(before);
    });
    const leave = async (): Promise<void> => {
      await page.getByRole('link', { name: /Notes/ }).click();
      await page.waitForURL(`**/c/${notes}`);
      await composer(page).waitFor();
    };
    await leave();
    await page.getByRole('link', { name: new RegExp(ann.user.displayName) }).click();
    await eventually(async () => expect(Math.abs((await shownAt(text)) - y)).toBeLessThanOrEqual(2));
    expect(await page.locator('[data-focused]').count()).toBe(0);
    await leave();
    await page.goBack();
    await eventually(async () => expect(Math.abs((await shownAt(text)) - y)).toBeLessThanOrEqual(2));
    await leave();
    await ann.post(id, 'something new');
    await page.getByRole('link', { name: /ann.* 1 unread/ }).click();
    await eventually(async () =>
      expect(await inView(page, page.getByRole('log').getByText('something new', { exact: true }))).toBe(true),
    );
    // and who leaves at the end comes back to the end
    await eventually(async () => expect((await around(page))[1]).toBeLessThan(80));
    await leave();
    await page.goBack();
    await eventually(async () =>
      expect(await inView(page, page.getByRole('log').getByText('something new', { exact: true }))).toBe(true),
    );
  });

  inBrowsers('shows what a quote quotes, however far away, and finds back', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const { messageId, seq } = await ann.post(id, 'message 1 of all');
    for (let n = 2; n <= 260; n++) await ann.post(id, `message ${n}`);
    await ben.ok('POST', `/conversations/${id}/messages`, {
      clientMsgId: 'answer',
      type: 'text',
      content: { text: 'That was long ago' },
      replyTo: { messageId, seq },
    });
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 261 });
    const page = await openThread(desktop, server, ben, id);
    const answer = page.getByRole('article').filter({ hasText: 'That was long ago' });
    const quote = answer.getByRole('button').first();
    await eventually(async () => expect(await quote.innerText()).toContain('message 1 of all'));
    await quote.click();
    const quoted = page.getByRole('article').filter({ hasText: 'message 1 of all' });
    await eventually(async () => expect(await inView(page, quoted)).toBe(true));
    expect(await quoted.getAttribute('data-focused')).toBe('true');
    await quoted.and(page.locator(':not([data-focused])')).waitFor();

    await ann.post(id, 'meanwhile');
    await page.getByRole('button', { name: '1 new message' }).click();
    await eventually(async () => expect(await inView(page, page.getByRole('log').getByText('meanwhile'))).toBe(true));
    await write(page, 'Here again');
    await eventually(async () => expect(await inView(page, page.getByRole('log').getByText('Here again'))).toBe(true));
  });

  inBrowsers('is not all that has a place: so has the list, after a look at another page', async (desktop) => {
    const ann = await person('ann', server.gateways);
    for (let n = 1; n <= 30; n++) await ann.makeGroup([], { name: `Group ${n}` });
    const page = await openAs(await desktop.open(), ann.base, ann.user.username);
    const row = page.getByRole('region', { name: 'Conversations' }).getByRole('link', { name: /^Group 1\b/ });
    await page.getByRole('link', { name: /Group 30/ }).hover();
    await eventually(async () => {
      await page.mouse.wheel(0, 900);
      await expect(row.boundingBox({ timeout: 500 })).resolves.toMatchObject({ y: expect.any(Number) as number });
    });
    const settled = async (): Promise<number | undefined> => (await row.boundingBox({ timeout: 500 }))?.y;
    let y = await settled();
    await eventually(async () => {
      const before = y;
      y = await settled();
      expect(y).toBe(before);
    });
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
    await page.goBack();
    await eventually(async () => expect(await settled()).toBe(y));
  });

  inBrowsers('says of a quote from before one came that it is none of theirs, and leads nowhere', async (desktop) => {
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    const { id, conversationId } = await ann.makeGroup();
    const { messageId, seq } = await ann.post(conversationId, 'Between us');
    await befriend(ann, ben);
    await ann.ok('POST', `/groups/${id}/members`, { userIds: [ben.id] });
    await ann.ok('POST', `/conversations/${conversationId}/messages`, {
      clientMsgId: 'answer',
      type: 'text',
      content: { text: 'So it was' },
      replyTo: { messageId, seq },
    });
    const page = await openThread(desktop, server, ben, conversationId);
    const answer = page.getByRole('article').filter({ hasText: 'So it was' });
    const quote = answer.getByRole('button', { name: 'A message from before you were here' });
    await quote.waitFor();
    expect(await quote.isDisabled()).toBe(true);
  });
});
