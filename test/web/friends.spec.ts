import { eventually } from '../support/expectations.js';
import { unique } from '../support/names.js';
import { befriend, person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { barriers, openAs, openChat, register, textsIn } from './chat.js';
import { composer } from './thread-page.js';

jest.setTimeout(60_000);

/** Markup that would complain on the console, and characters that turn text around. */
const HOSTILE = '<img src=x onerror=alert(1)>\u202egnihtemos\u200b';

describe('Two people', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers('answer requests one after the other by keyboard, which goes on to the next', async (desktop) => {
    const [ann, ...others] = await Promise.all(
      ['ann', 'ben', 'cy', 'dora'].map((name) => person(name, server.gateways)),
    );
    if (!ann) throw new Error('Nobody is there');
    for (const other of others) await other.ok('POST', '/friend-requests', { userId: ann.id });
    const page = await openAs(await desktop.open(), ann.base, ann.user.username, '/people');
    const requests = page.getByRole('region', { name: 'Requests' });
    const rows = requests.getByRole('listitem');
    await eventually(async () => expect(await rows.count()).toBe(3));
    const order = await rows.locator('bdi').allInnerTexts();
    const focused = (): Promise<string> => page.locator(':focus').innerText();
    // the second of three: then the one that is second now, then the first, then none is left
    await rows.nth(1).getByRole('button', { name: 'Accept' }).focus();
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await focused()).toContain(order[2]));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Decline');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await focused()).toContain(order[0]));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await focused()).toBe('Requests'));
    await requests.getByText('No open requests.').waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  inBrowsers('find each other and become friends, whatever a name is made of', async (desktop) => {
    const [bensName, home] = [unique('ben'), server.gateways[0] as string];
    const ann = await openChat(await desktop.open(), home);
    const ben = await openChat(await desktop.open(), server.gateways.at(-1) as string);
    await register(ann, unique('ann'), '<b>Ann</b>');
    await register(ben, bensName);
    for (const page of [ann, ben]) await page.getByRole('link', { name: 'People' }).click();

    await ann.getByRole('searchbox').fill(unique('nobody'));
    await ann.getByRole('status').getByText('Nobody is called that.').waitFor();
    await ann.getByRole('searchbox').fill(bensName);
    await ann.getByRole('status').getByText('1 shown').waitFor({ state: 'attached' });
    await ann.getByRole('button', { name: 'Ask to be friends' }).click();
    await ann.getByLabel('A few words').fill(HOSTILE);
    await ann.getByLabel('A few words').press('Enter');

    await ben.getByRole('link', { name: 'People 1 request' }).getByText('1', { exact: true }).waitFor();
    await ben.getByText('<b>Ann</b>').first().waitFor();
    await ben.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    expect(await ben.locator('img[src="x"]').count()).toBe(0);
    await ben.getByRole('button', { name: 'Accept' }).click();
    await ben.getByRole('link', { name: 'People' }).getByText('1', { exact: true }).waitFor({ state: 'detached' });
    // both may write to each other now
    for (const page of [ann, ben]) {
      await page
        .getByRole('region', { name: 'Friends' })
        .getByRole('button', { name: 'Message', exact: true })
        .waitFor();
    }
  });

  inBrowsers('write to each other from a card, by keyboard alone', async (desktop) => {
    const [ann, ben] = await Promise.all([person('ann', server.gateways), person('ben', server.gateways)]);
    await befriend(ann, ben);
    const page = await openAs(await desktop.open(), ann.base, ann.user.username, '/people');
    const friend = page.getByRole('region', { name: 'Friends' }).getByRole('button', { name: ben.user.displayName });
    await friend.first().press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Message', exact: true }).press('Enter');
    await composer(page).and(page.locator(':focus')).waitFor();
    await page.keyboard.type('Hello');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await textsIn(page)).toEqual(['Hello']));
  });
});
