import type { BrowserContext, Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { setHidden } from './chat.js';
import { composer, openThread, twoFriends } from './thread-page.js';

jest.setTimeout(90_000);

interface Told {
  title: string;
  body: string;
  tag: string;
  silent: boolean;
  renotify: boolean;
}

/** Notifications as a page makes them; a machine of tests has no desktop to show them. */
const recorder = (): void => {
  const page = globalThis as unknown as Record<string, unknown> & { told: unknown[]; asked: number };
  page.told = [];
  page.asked = 0;
  page.Notification = class {
    static permission = 'default';
    static async requestPermission(): Promise<string> {
      page.asked++;
      this.permission = 'granted';
      return 'granted';
    }
    onclick?: () => void;
    onclose?: () => void;
    readonly body: string;
    readonly tag: string;
    readonly silent: boolean;
    readonly renotify: boolean;
    constructor(
      readonly title: string,
      options: { body: string; tag: string; silent: boolean; renotify: boolean },
    ) {
      this.body = options.body;
      this.tag = options.tag;
      this.silent = options.silent;
      this.renotify = options.renotify;
      page.told.push(this);
    }
    close(): void {
      this.onclose?.();
    }
  };
};

const told = (page: Page): Promise<Pick<Told, 'title' | 'body' | 'tag'>[]> =>
  page.evaluate(() =>
    (globalThis as unknown as { told: Told[] }).told.map(({ title, body, tag }) => ({ title, body, tag })),
  );

const secondTab = async (context: BrowserContext, page: Page): Promise<Page> => {
  const tab = await context.newPage();
  await tab.goto(page.url());
  await composer(tab).waitFor();
  return tab;
};

describe('Of new messages', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers('one is told by the desktop while the page is hidden, once over all tabs', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const group = await ann.makeGroup([ben], { name: 'Estuary walks' });
    const page = await openThread(desktop, server, ann, id);
    const context = page.context();
    await context.addInitScript(recorder);
    await page.reload();
    await composer(page).waitFor();
    const asked = () => page.evaluate(() => (globalThis as unknown as { asked: number }).asked);
    expect(await asked()).toBe(0); // nobody has asked for them yet
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByRole('button', { name: 'Turn on' }).waitFor({ state: 'detached' });
    expect(await asked()).toBe(1);

    await ben.post(id, 'seen at once');
    await page.getByRole('log').getByText('seen at once').waitFor();
    expect(await told(page)).toEqual([]);

    const other = await secondTab(context, page);
    await other.evaluate(() => {
      const { Notification } = globalThis as unknown as { Notification: { permission: string } };
      Notification.permission = 'granted';
    });
    await setHidden(page, true);
    await ben.post(id, 'the other tab is seen');
    for (const tab of [page, other]) await tab.getByRole('log').getByText('the other tab is seen').waitFor();
    expect([await told(page), await told(other)]).toEqual([[], []]);
    // it is read a moment after it is seen, and not by who turns away before that
    await eventually(async () => expect(await page.title()).toBe('Dunlin'));

    await setHidden(other, true);
    const bens = ben.user.displayName;
    await ben.post(id, 'Are you <b>there</b>?');
    await ben.post(group.conversationId, 'And you all?');
    await eventually(async () => {
      const all = [...(await told(page)), ...(await told(other))];
      expect(all.sort((a, b) => a.body.length - b.body.length)).toEqual([
        { title: bens, body: 'Are you <b>there</b>?', tag: id },
        { title: 'Estuary walks', body: `${bens}: And you all?`, tag: group.conversationId },
      ]);
    });
    await eventually(async () => expect(await page.title()).toBe('(2) Dunlin'));
    expect(await page.locator('link[rel="icon"]').getAttribute('href')).toBe('/favicon-unread.svg');

    // a click opens the conversation that it tells of
    const teller = (await told(page)).some(({ tag }) => tag === group.conversationId) ? page : other;
    await teller.evaluate((tag) => {
      const all = (globalThis as unknown as { told: (Told & { onclick(): void })[] }).told;
      all.find((one) => one.tag === tag)?.onclick();
    }, group.conversationId);
    await teller.waitForURL(`**/c/${group.conversationId}`);
    await setHidden(teller, false);
    await teller.getByRole('log').getByText('And you all?').waitFor();
    await eventually(async () => expect(await teller.title()).toBe('(1) Dunlin'));
  });

  inBrowsers('a second one of a conversation shows up as the first did, without its sound', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const page = await openThread(desktop, server, ann, id);
    await page.context().addInitScript(recorder);
    await page.reload();
    await page.getByRole('button', { name: 'Turn on' }).click();
    await setHidden(page, true);
    for (const [index, text] of ['Are you there?', 'Hello?'].entries()) {
      await ben.post(id, text);
      await eventually(async () => expect(await told(page)).toHaveLength(index + 1));
    }
    const ways = await page.evaluate(() =>
      (globalThis as unknown as { told: Told[] }).told.map(({ renotify, silent }) => ({ renotify, silent })),
    );
    expect(ways).toEqual([
      { renotify: true, silent: false },
      { renotify: true, silent: true },
    ]);
  });

  inBrowsers('a muted conversation says nothing, and a “no” is not asked about again', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    const { conversationId: loud } = await ann.makeGroup([ben], { name: 'Loud' });
    const page = await openThread(desktop, server, ann, id);
    await page.context().addInitScript(recorder);
    await page.reload();
    await page.getByRole('button', { name: 'No', exact: true }).click();
    await page.reload();
    await composer(page).waitFor();
    expect(await page.getByRole('button', { name: 'Turn on' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: 'Notify me when the page is hidden' }).click();
    await page.getByRole('switch', { name: 'Notify me when the page is hidden', checked: true }).waitFor();

    await ann.ok('PATCH', `/conversations/${id}`, { muted: true });
    await page.getByRole('link', { name: 'Chats' }).click();
    await page.getByRole('img', { name: 'Muted' }).waitFor();
    await setHidden(page, true);
    await ben.post(id, 'muted');
    await ben.post(loud, 'loud');
    await eventually(async () => expect((await told(page)).map(({ tag }) => tag)).toEqual([loud]));
    await page.getByRole('link', { name: /Loud.*1 unread/ }).waitFor();
    await eventually(async () => expect(await page.title()).toBe('(1) Dunlin'));
  });

  inBrowsers('of what one missed, the newest is told, and nothing that was read on another device', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, /Failed to load resource/);
    const [ann, ben, id] = await twoFriends(server);
    const { conversationId: walks } = await ann.makeGroup([ben], { name: 'Walks' });
    const page = await openThread(desktop, server, ann, id);
    await page.context().addInitScript(recorder);
    await page.reload();
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByRole('button', { name: 'Turn on' }).waitFor({ state: 'detached' });
    await setHidden(page, true);
    const missed = async (work: () => Promise<void>): Promise<void> => {
      await page.context().setOffline(true);
      await page.getByText('Reconnecting').waitFor();
      await work();
      await page.context().setOffline(false);
    };
    await missed(async () => {
      for (const text of ['one', 'two', 'three']) await ben.post(id, text);
    });
    await eventually(async () => expect((await told(page)).map(({ body }) => body)).toEqual(['three']));
    await missed(async () => {
      const { seq } = await ben.post(id, 'four');
      await ann.ok('PUT', `/conversations/${id}/read`, { seq });
      await ben.post(walks, 'five');
    });
    await page.getByRole('log').getByText('four').waitFor();
    await eventually(async () =>
      expect((await told(page)).map(({ body }) => body)).toEqual(['three', `${ben.user.displayName}: five`]),
    );
  });
});
