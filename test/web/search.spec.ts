import { unique } from '../support/names.js';
import { eventually } from '../support/expectations.js';
import { person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT } from './browser.js';
import { openAs } from './chat.js';

jest.setTimeout(90_000);

const MANY = 105;

describe('A search that finds more than a page', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers('of groups goes on as one scrolls, and after a page that did not come', async (desktop) => {
    desktop.expected.push(/Failed to load resource/, LINE_IS_CUT);
    const ann = await person('ann', server.gateways);
    const name = unique('Flock ');
    for (let n = 0; n < MANY; n++) await ann.makeGroup([], { name: `${name} ${String(n).padStart(3, '0')}` });
    const page = await openAs(await desktop.open(), ann.base, ann.user.username, '/groups');
    const found = page.getByRole('region', { name: 'Find groups' });
    await page.route(/group-directory\?.*cursor=/, (route) => route.abort());
    await found.getByLabel('Name').fill(name);
    await eventually(async () => expect(await found.getByRole('listitem').count()).toBe(50));
    const more = found.getByRole('button', { name: 'Show more' });
    await more.scrollIntoViewIfNeeded();
    await page.getByText('The server cannot be reached.').first().waitFor();
    await page.unroute(/group-directory\?.*cursor=/);
    await more.press('Enter');
    await eventually(async () => expect(await found.getByRole('listitem').count()).toBeGreaterThanOrEqual(100));
    // by keyboard one goes on at the first of those that came
    await found.getByRole('listitem').nth(50).locator(':focus').waitFor();
    await found.getByText(`${name} 099`).scrollIntoViewIfNeeded();
    await found.getByText(`${name} ${MANY - 1}`).waitFor();
    expect(await found.getByRole('listitem').count()).toBe(MANY);
    expect(await more.count()).toBe(0);
    // what has changed is looked for in all that is shown
    await ann.makeGroup([], { name: `${name} 000 a` });
    await found.getByText(`${name} 000 a`).waitFor();
    expect(await found.getByText(`${name} 098`).count()).toBe(1);
    await found.getByLabel('Name').fill(`${name} 10`);
    await eventually(async () => expect(await found.getByRole('listitem').count()).toBe(MANY - 100));
  });

  inBrowsers(
    'of people goes on as one scrolls',
    async (desktop) => {
      const ann = await person('ann', server.gateways);
      const start = unique('knot');
      for (let n = 0; n < 52; n++) await person(`${start}-${n}`, server.gateways);
      const page = await openAs(await desktop.open(), ann.base, ann.user.username, '/people');
      const found = page.getByRole('region', { name: 'Find people' });
      await found.getByLabel('Search by name or username').fill(start);
      await eventually(async () => expect(await found.getByRole('listitem').count()).toBeGreaterThanOrEqual(50));
      await found.getByRole('listitem').nth(49).scrollIntoViewIfNeeded();
      await eventually(async () => expect(await found.getByRole('listitem').count()).toBe(52));
    },
    180_000,
  );

  inBrowsers('and then fails says so, and does not pass off as its answer what was found before', async (desktop) => {
    desktop.expected.push(/Failed to load resource/, LINE_IS_CUT);
    const ann = await person('ann', server.gateways);
    const name = unique('Flock ');
    for (const end of ['north', 'south']) await ann.makeGroup([], { name: `${name} ${end}` });
    const page = await openAs(await desktop.open(), ann.base, ann.user.username, '/groups');
    const found = page.getByRole('region', { name: 'Find groups' });
    await found.getByLabel('Name').fill(`${name} north`);
    await found.getByText(`${name} north`).waitFor();
    await page.route(/group-directory/, (route) => route.abort());
    await found.getByLabel('Name').fill(`${name} south`);
    await found.getByRole('alert').getByText('The server cannot be reached.').waitFor();
    expect(await found.getByRole('listitem').count()).toBe(0);
    await page.unroute(/group-directory/);
    await found.getByRole('button', { name: 'Try again' }).click();
    await found.getByText(`${name} south`).waitFor();
    expect(await found.getByRole('listitem').count()).toBe(1);
  });
});
