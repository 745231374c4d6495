import type { GroupCard } from '@dunlin/contracts/wire';
import type { Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { person, type Person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { barriers, openAs } from './chat.js';
import { composer, openThread, twoFriends, write } from './thread-page.js';

jest.setTimeout(90_000);

const WAITS = 'Wait for me';
const BEGUN = 'Ten minutes of careful writing\nin two lines';

describe('Who may not write any more', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  const walks = async (): Promise<[ann: Person, ben: Person, group: GroupCard]> => {
    const [ann, ben] = [await person('ann', server.gateways), await person('ben', server.gateways)];
    return [ann, ben, await ann.makeGroup([ben], { name: 'Estuary walks' })];
  };
  const putOut = (ann: Person, ben: Person, group: GroupCard) =>
    ann.ok('DELETE', `/groups/${group.id}/members/${ben.id}`);
  /** That something has the keyboard, and what. */
  const focused = (page: Page): Promise<string> => page.locator(':focus').innerText({ timeout: 1000 });

  inBrowsers(
    'hears of which group, also when it was while they were away, and keeps what they wrote',
    async (desktop) => {
      desktop.expected.push(LINE_IS_CUT, /status of 404/);
      const [ann, ben, group] = await walks();
      const page = await openThread(desktop, server, ben, group.conversationId, {
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      const text = page.getByRole('main').getByText('Ten minutes of careful writing');
      const copied = (): Promise<string> =>
        page.evaluate(() =>
          (
            globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }
          ).navigator.clipboard.readText(),
        );
      await page.context().setOffline(true);
      await page.getByText('Reconnecting').waitFor();
      await write(page, WAITS);
      await composer(page).fill(BEGUN);
      await putOut(ann, ben, group);
      await page.context().setOffline(false);
      await page.getByRole('heading', { name: /^You are not in .?Estuary walks.? any more/ }).waitFor();
      await text.waitFor();
      expect(await barriers(page)).toEqual([]);
      await eventually(async () => expect(await focused(page)).toMatch(/^You are not in/));
      await page.getByRole('button', { name: 'Copy' }).click();
      await eventually(async () => expect(await copied()).toBe(`${WAITS}\n\n${BEGUN}`));

      // who is taken in again goes on where they were; and the same with a line
      await ann.ok('POST', `/groups/${group.id}/members`, { userIds: [ben.id] });
      await eventually(async () => expect(await composer(page).inputValue()).toBe(`${WAITS}\n\n${BEGUN}`));
      await putOut(ann, ben, group);
      await page.getByRole('heading', { name: /^You are not in .?Estuary walks/ }).waitFor();
      await text.waitFor();
      // whose question about the new group is answered before the news of its end knows no reason
      await page
        .getByText(/^(You were removed from .*|You are not in .* any more)$/s)
        .first()
        .waitFor();
      // it is kept while one asks elsewhere why
      await page.getByRole('link', { name: 'Chats' }).click();
      await page.getByRole('heading', { name: 'Choose a conversation' }).waitFor();
      await page.goBack();
      await text.waitFor();
      await page.getByRole('link', { name: 'People' }).click();
      await ann.ok('POST', `/groups/${group.id}/members`, { userIds: [ben.id] });
      await page.getByRole('link', { name: 'Chats' }).click();
      await page.getByRole('link', { name: /Estuary walks/ }).click();
      await eventually(async () => expect(await composer(page).inputValue()).toBe(`${WAITS}\n\n${BEGUN}`));
    },
  );

  inBrowsers('hears of a group that was not open, once they are back', async (desktop) => {
    desktop.expected.push(LINE_IS_CUT, /status of 404/);
    const [ann, ben, group] = await walks();
    const page = await openAs(await desktop.open(), ben.base, ben.user.username);
    const row = page.getByRole('link', { name: /Estuary walks/ });
    await row.waitFor();
    await page.context().setOffline(true);
    await page.getByText('Reconnecting').waitFor();
    await putOut(ann, ben, group);
    await page.context().setOffline(false);
    await page
      .getByText(/^You are not in .?Estuary walks.? any more/)
      .first()
      .waitFor();
    await row.waitFor({ state: 'detached' });
  });

  inBrowsers('is not asked any more whether to leave', async (desktop) => {
    desktop.expected.push(/status of 404/);
    const [ann, ben, group] = await walks();
    const page = await openThread(desktop, server, ben, group.conversationId);
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'Leave group' }).click();
    const asked = page.getByRole('alertdialog');
    await asked.waitFor();
    await putOut(ann, ben, group);
    await asked.waitFor({ state: 'detached' });
    await page.getByText('You were removed from').first().waitFor();
    await page.getByRole('heading', { name: 'Choose a conversation' }).waitFor();
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
  });

  inBrowsers('keeps the keyboard in the thread, whether muted or not a friend any more', async (desktop) => {
    const [ann, ben, id] = await twoFriends(server);
    // without a message a conversation is there for friends only
    await ann.post(id, 'Hello');
    const group = await ann.makeGroup([ben], { name: 'Estuary walks' });
    const page = await openThread(desktop, server, ben, id);
    const inThread = async () =>
      eventually(async () => expect(await page.locator(':focus').getAttribute('role', { timeout: 1000 })).toBe('log'));
    await page.keyboard.type('half a message');
    await eventually(async () => expect(await composer(page).inputValue()).toBe('half a message'));
    await ann.ok('DELETE', `/friends/${ben.id}`);
    await page.getByText(/you cannot write to each other/).waitFor();
    await inThread();
    await page.getByRole('link', { name: /Estuary walks/ }).click();
    await page.waitForURL(`**/c/${group.conversationId}`);
    await composer(page).focus();
    const mutedUntil = new Date(Date.now() + 3_600_000).toISOString();
    await ann.ok('PATCH', `/groups/${group.id}/members/${ben.id}`, { mutedUntil });
    await page.getByText(/^You are muted in this group/).waitFor();
    await inThread();
  });
});
