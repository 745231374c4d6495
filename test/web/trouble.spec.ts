import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GroupCard } from '@dunlin/contracts/wire';
import type { Page, Route } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { barriers, openAs, textsIn } from './chat.js';
import {
  act,
  blockUnnoticed,
  composer,
  inView,
  jumpButton,
  openThread,
  scroll,
  twoFriends,
  write,
} from './thread-page.js';

jest.setTimeout(90_000);

const HISTORY = /\/messages\?/;
const refuse = (route: Route): Promise<void> =>
  route.fulfill({
    status: 503,
    contentType: 'application/problem+json',
    body: JSON.stringify({ code: 'unavailable', title: 'x', detail: 'x', status: 503, retryable: true }),
  });

describe('Where something fails', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers(
    'a history that does not come says why, is not asked for without end, and is not read',
    async (desktop) => {
      desktop.expected.push(/Failed to load resource/);
      const [ann, ben, id] = await twoFriends(server);
      for (let n = 1; n <= 60; n++) await ann.post(id, `message ${n}`);
      const page = await openAs(await desktop.open(), ben.base, ben.user.username);
      await page.getByRole('link', { name: /ann.* 60 unread messages/ }).waitFor();
      let asked = 0;
      await page.route(HISTORY, (route) => {
        asked++;
        return refuse(route);
      });
      await page.bringToFront();
      await page.getByRole('link', { name: /ann.* 60 unread messages/ }).click();
      const why = page
        .getByRole('alert')
        .getByText('Messages could not be loaded. The server is not available just now.');
      await why.waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(await page.getByText('No messages yet').count()).toBe(0);
      const before = asked;
      await scroll(page, -500);
      await scroll(page, 500);
      expect(asked).toBeLessThanOrEqual(before + 1);
      expect(asked).toBeLessThan(5);
      expect(await ben.ok('GET', `/conversations/${id}`)).toMatchObject({ unread: 60 });
      await page.unroute(HISTORY);
      await why.getByRole('button', { name: 'Try again' }).click();
      await why.waitFor({ state: 'detached' });
      const log = page.getByRole('log');
      for (const text of ['New messages', 'message 1'])
        await eventually(async () => expect(await inView(page, log.getByText(text, { exact: true }))).toBe(true));
      await jumpButton(page).click();
      await eventually(async () => expect(await inView(page, log.getByText('message 60', { exact: true }))).toBe(true));
      await eventually(async () => expect(await ben.ok('GET', `/conversations/${id}`)).toMatchObject({ unread: 0 }));
    },
  );

  inBrowsers('older messages come by themselves as soon as the line is back', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, /Failed to load resource/);
    const [ann, ben, id] = await twoFriends(server);
    for (let n = 1; n <= 60; n++) await ann.post(id, `message ${n}`);
    await ben.ok('PUT', `/conversations/${id}/read`, { seq: 60 });
    const page = await openAs(await desktop.open(), ben.base, ben.user.username);
    const row = page.getByRole('link', { name: new RegExp(ann.user.displayName) });
    await row.waitFor();
    const failed: string[] = [];
    page.on('requestfailed', (request) => HISTORY.test(request.url()) && failed.push(request.url()));
    await page.context().setOffline(true);
    await page.getByText('Reconnecting').waitFor();
    await row.click();
    await page.getByText('Messages could not be loaded. The server cannot be reached.').waitFor();
    expect(failed.length).toBeLessThan(5);
    await page.context().setOffline(false);
    await eventually(async () => expect((await textsIn(page)).length).toBeGreaterThan(5));
    expect(failed.length).toBeLessThan(5);
  });

  inBrowsers('a message that is refused while one is elsewhere is marked in the list', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const { conversationId: notes } = await ann.makeGroup([], { name: 'Notes' });
    const page = await openThread(desktop, server, ann, id);
    await blockUnnoticed(desktop, page, ben, ann);
    await write(page, 'Are you there?');
    await page.getByRole('link', { name: /Notes/ }).click();
    await page.waitForURL(`**/c/${notes}`);
    const row = page.getByRole('link', { name: new RegExp(ben.user.displayName) });
    await row.getByRole('img', { name: 'Not sent' }).waitFor();
    await row.click();
    await page.getByRole('article').getByText('That is blocked.').waitFor();
    await act(page, 'Are you there?', 'Discard');
    await row.getByRole('img', { name: 'Not sent' }).waitFor({ state: 'detached' });
  });

  inBrowsers(
    'a file that was moved after it was chosen fails, and what was written after it is sent',
    async (desktop) => {
      desktop.expected.push(/net::ERR_/);
      const [ann, , id] = await twoFriends(server);
      const page = await openThread(desktop, server, ann, id);
      const folder = mkdtempSync(join(tmpdir(), 'dunlin-'));
      writeFileSync(join(folder, 'plan.csv'), 'a,b\n1,2\n');
      await page.locator('input[type=file]').setInputFiles(join(folder, 'plan.csv'));
      await page.getByRole('button', { name: 'Remove plan.csv' }).waitFor();
      rmSync(folder, { recursive: true });
      await write(page, 'Here is the plan');
      await page.getByText('Not sent. It is not there (any more).').waitFor();
      await page.getByRole('img', { name: 'Sent', exact: true }).waitFor();
      expect(await textsIn(page)).toEqual(['Here is the plan']);
    },
  );

  inBrowsers('a picture that the server refuses is called by its name', async (desktop) => {
    desktop.expected.push(/Failed to load resource/);
    const [ann, , id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await page.route('**/api/v1/media', (route) =>
      route.fulfill({
        status: 413,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'payload_too_large', title: 'x', detail: 'x', status: 413, retryable: false }),
      }),
    );
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    await page.locator('input[type=file]').setInputFiles({ name: 'shore.png', mimeType: 'image/png', buffer: png });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const article = page.getByRole('article').last();
    await article.getByText('Not sent. That is too large.').waitFor();
    await article.getByText('shore.png').first().waitFor();
  });

  inBrowsers('names, pictures and quotes that could not be had come with the line', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, /Failed to load resource/);
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    const group = await ann.makeGroup([ben], { name: 'Walks' });
    await ann.post(group.conversationId, 'Who comes along?');
    const page = await openAs(await desktop.open(), ben.base, ben.user.username);
    const row = page.getByRole('link', { name: /Walks/ });
    await row.waitFor();
    await page.context().setOffline(true);
    await page.getByText('Reconnecting').waitFor();
    await row.click();
    await page.getByRole('log').getByText('Who comes along?').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('article', { name: ann.user.displayName }).waitFor();
    // and stay when it goes again
    await page.context().setOffline(true);
    await page.getByText('Reconnecting').waitFor();
    await page.getByRole('link', { name: 'Groups' }).click();
    await page.getByRole('heading', { name: 'Groups', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Chats' }).click();
    await row.click();
    await page.getByRole('article', { name: ann.user.displayName }).waitFor();
  });

  inBrowsers('a dialog whose people do not come says so, and asks again', async (desktop) => {
    desktop.expected.push(/Failed to load resource/);
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    const group = await ann.makeGroup([ben]);
    const page: Page = await openAs(await desktop.open(), ann.base, ann.user.username, `/c/${group.conversationId}`);
    await composer(page).waitFor();
    await page.route(/\/api\/v1\/friends(\?|$)/, refuse);
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Add people' });
    await dialog.getByText('The server is not available just now.').waitFor();
    await page.unroute(/\/api\/v1\/friends(\?|$)/);
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.getByText('All of your friends are in this group.').waitFor();
    await page.goto(`${ann.base}/?person=nobody`);
    await page.getByRole('dialog').getByText('It is not there (any more).').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  inBrowsers('a group is made once, though the first answer never came', async (desktop) => {
    desktop.expected.push(/Failed to load resource/);
    const ann = await person('ann', server.gateways);
    const page = await openAs(await desktop.open(), ann.base, ann.user.username, '/groups');
    let asked = 0;
    await page.route('**/api/v1/groups', async (route) => {
      if (route.request().method() !== 'POST' || asked++ > 0) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'New group' }).click();
    const dialog = page.getByRole('dialog', { name: 'New group' });
    await dialog.getByLabel('Group name').fill('Estuary walks');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('The server cannot be reached.').first().waitFor();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Estuary walks' }).first().waitFor();
    expect(asked).toBe(2);
    const { items } = await ann.ok<{ items: GroupCard[] }>('GET', '/groups');
    expect(items).toHaveLength(1);
  });

  inBrowsers('a connection that is there soon is no word worth, one that takes its time is', async (desktop) => {
    const ann = await person('ann', server.gateways);
    const page = await openAs(await desktop.open(), ann.base, ann.user.username);
    // it opens, and the server says nothing
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    await page.routeWebSocket('**/socket.io/**', () => open());
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.reload();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await opened;
    await page.clock.runFor(500);
    expect(await page.getByText('Connecting…').count()).toBe(0);
    await page.clock.runFor(500);
    await page.getByText('Connecting…').waitFor();
  });

  inBrowsers('people are added once it is known who is there already: till then the dialog waits', async (desktop) => {
    desktop.expected.push(/Failed to load resource/);
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    const group = await ann.makeGroup([ben]);
    const members = /\/groups\/[^/]+\/members(\?|$)/;
    const page: Page = await openAs(await desktop.open(), ann.base, ann.user.username, `/c/${group.conversationId}`);
    await composer(page).waitFor();
    let answer: (how: typeof refuse) => void = () => undefined;
    const answered = new Promise<typeof refuse>((resolve) => (answer = resolve));
    await page.route(members, async (route) => (await answered)(route));
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Add people' });
    await dialog.getByText('Loading…').waitFor();
    answer(refuse);
    await dialog.getByText('The server is not available just now.').waitFor();
    await page.unroute(members);
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.getByText('All of your friends are in this group.').waitFor();
  });
});
