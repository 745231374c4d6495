import { unique } from '../support/names.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { openChat, register } from './chat.js';

jest.setTimeout(60_000);

/** Markup that would complain on the console, and characters that turn text around. */
const HOSTILE = '<img src=x onerror=alert(1)>\u202egnihtemos\u200b';

describe('Two people', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers('find each other and become friends, whatever a name is made of', async (desktop) => {
    const [bensName, home] = [unique('ben'), server.gateways[0] as string];
    const ann = await openChat(await desktop.open(), home);
    const ben = await openChat(await desktop.open(), server.gateways.at(-1) as string);
    await register(ann, unique('ann'), '<b>Ann</b>');
    await register(ben, bensName);
    for (const page of [ann, ben]) await page.getByRole('link', { name: 'People' }).click();

    await ann.getByRole('searchbox').fill(bensName);
    await ann.getByRole('button', { name: 'Ask to be friends' }).click();
    await ann.getByLabel('A few words').fill(HOSTILE);
    await ann.getByLabel('A few words').press('Enter');

    await ben.getByRole('link', { name: 'People' }).getByText('1', { exact: true }).waitFor();
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
});
