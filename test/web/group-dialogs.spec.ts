import { eventually } from '../support/expectations.js';
import { person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { openAs, textsIn } from './chat.js';
import { composer } from './thread-page.js';

jest.setTimeout(60_000);

describe('A group’s dialog', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers('sends what one changed in it, and takes back nothing that changed meanwhile', async (desktop) => {
    const ann = await person('ann', server.gateways);
    const { id, conversationId } = await ann.makeGroup([], { name: 'Walks' });
    const page = await openAs(await desktop.open(), ann.base, ann.user.username, `/c/${conversationId}`);
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit group' });
    await dialog.waitFor();
    await ann.ok('PATCH', `/groups/${id}`, { joinPolicy: 'invite' });
    await page.getByText('· By invitation only').waitFor();
    await dialog.getByLabel('Group name').fill('Long walks');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await ann.ok('GET', `/groups/${id}`)).toMatchObject({ name: 'Long walks', joinPolicy: 'invite' });
  });

  inBrowsers('leads to where one writes, by keyboard alone', async (desktop) => {
    const ann = await person('ann', server.gateways);
    const page = await openAs(await desktop.open(), ann.base, ann.user.username, '/groups');
    await page.getByRole('button', { name: 'New group' }).press('Enter');
    await page.getByLabel('Group name').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('Walks');
    // an input method's, which gives up a word and not the group
    const given = { key: 'Escape', keyCode: 229, bubbles: true, cancelable: true };
    await page.locator(':focus').dispatchEvent('keydown', given);
    await page.keyboard.press('Enter');
    await composer(page).and(page.locator(':focus')).waitFor();
    await page.keyboard.type('Who comes along?');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await textsIn(page)).toEqual(['Who comes along?']));
  });
});
