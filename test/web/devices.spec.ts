import { eventually } from '../support/expectations.js';
import { PASSWORD, person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { barriers, openAs } from './chat.js';

jest.setTimeout(60_000);

/** A device that is signed out may be asking for something at that moment. */
const REFUSED = /status of 401/;

describe('One’s devices', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  inBrowsers('are listed, and one of them signs another out, after a question', async (desktop) => {
    desktop.expected.push(REFUSED);
    const ann = await person('ann', server.gateways);
    const { username } = ann.user;
    const phone = await openAs(await desktop.open(), server.gateways.at(-1) as string, username, '/people');
    const page = await openAs(await desktop.open(), ann.base, username, '/settings');
    const devices = page.getByRole('region', { name: 'Devices' });
    await devices.getByText('This device').waitFor();
    // the phone, this one, and the one that made the account
    expect(await devices.getByRole('listitem').count()).toBe(3);
    const theirs = devices.getByRole('button', { name: /^Sign out Chrom/ });
    await theirs.click();
    await page.getByRole('alertdialog').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await theirs.and(page.locator(':focus')).waitFor();
    await phone.getByRole('heading', { name: 'People', exact: true }).waitFor();
    await theirs.click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click();
    await phone.getByText('This device was signed out from another one.').waitFor();
    await theirs.waitFor({ state: 'detached' });
  });

  inBrowsers('other than the one where the password is changed are signed out', async (desktop) => {
    desktop.expected.push(REFUSED);
    const ann = await person('ann', server.gateways);
    const { username } = ann.user;
    const phone = await openAs(await desktop.open(), server.gateways.at(-1) as string, username);
    const page = await openAs(await desktop.open(), ann.base, username, '/settings');
    await page.getByLabel('Current password').fill('something else');
    await page.getByLabel('New password').fill('dunlins over the mudflat');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('That is not your current password.').waitFor();
    // where the keyboard is by then
    await page.keyboard.press('Control+A');
    await page.keyboard.type(PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await phone.getByText('Your password was changed. Sign in again.').waitFor();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    const listed = page.getByRole('region', { name: 'Devices' }).getByRole('listitem');
    await eventually(async () => expect(await listed.count()).toBe(1));
    await phone.getByLabel('Username').fill(username);
    await phone.getByLabel('Password').fill('dunlins over the mudflat');
    await phone.getByLabel('Password').press('Enter');
    await phone.getByRole('navigation', { name: 'Main' }).waitFor();
  });
});
