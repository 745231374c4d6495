import { join, resolve } from 'node:path';
import { unique } from '../support/names.js';
import { PASSWORD } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers } from './browser.js';
import { barriers, openChat, register, signIn } from './chat.js';
import { firstLoad } from './first-load.js';

jest.setTimeout(60_000);

const FIRST_LOAD_BYTES = 220_000;
const REFUSED = /status of 401/;

let server: Topology;
let base: string;
beforeAll(async () => {
  server = await startTopology();
  base = server.gateways[0] as string;
});
afterAll(() => server.stop());

it('The chat loads less than 220 kB of scripts, gzipped, before it is shown', () => {
  const sizes = firstLoad(resolve(join(__dirname, '../../dist/web')));
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  expect(sizes.size).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(60_000); // React alone is more: a count of nothing is no proof
  console.info(`first load: ${(total / 1000).toFixed(1)} kB in ${sizes.size} scripts`);
  expect(total).toBeLessThan(FIRST_LOAD_BYTES);
});

describe('A newcomer', () => {
  inBrowsers('makes an account, stays signed in over a reload, and signs in on another device', async (desktop) => {
    const username = unique('ann');
    const page = await openChat(await desktop.open(), base);
    await register(page, username, 'Ann Wader');
    await page.reload();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();

    const other = await openChat(await desktop.open(), base);
    await other.getByLabel('Username').fill(username);
    await other.getByLabel('Password').fill(PASSWORD);
    await other.getByLabel('Password').press('Enter');
    await other.getByRole('navigation', { name: 'Main' }).waitFor();
    await other.getByRole('link', { name: 'Settings' }).click();
    const devices = other.getByRole('region', { name: 'Devices' }).getByRole('listitem');
    await devices.nth(1).waitFor();
    for (const device of await devices.allInnerTexts()) expect(device).toMatch(/^Chrome/);
  });

  inBrowsers('may end the username with the space that a phone’s keyboard puts there', async (desktop) => {
    const username = unique('ann');
    const page = await openChat(await desktop.open(), base);
    await register(page, `${username} `);
    const other = await openChat(await desktop.open(), base);
    await signIn(other, ` ${username} `);
    await other.getByRole('link', { name: 'Settings' }).click();
    await other.getByText(`@${username}`).waitFor();
  });

  inBrowsers('is told when the password is wrong, and what a password needs', async (desktop) => {
    desktop.expected.push(REFUSED);
    const page = await openChat(await desktop.open(), base);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter your username.').waitFor();
    await page.getByText('Enter your password.').waitFor();
    await page.getByLabel('Username').fill(unique('nobody'));
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByLabel('Username').fill(unique('ann'));
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForFunction(
      () =>
        (
          globalThis as unknown as { document: { querySelectorAll(what: string): { length: number } } }
        ).document.querySelectorAll('[aria-invalid="true"]').length === 1,
    );
  });

  inBrowsers('is told that a password is too common, also by a screen reader', async (desktop) => {
    desktop.expected.push(/status of 400/);
    const page = await openChat(await desktop.open(), base);
    const errors = [{ path: 'password', message: 'must not be one of the most common passwords' }];
    await page.route('**/api/v1/auth/register', (route) =>
      route.fulfill({
        status: 400,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          code: 'validation_failed',
          title: 'x',
          detail: 'x',
          status: 400,
          retryable: false,
          errors,
        }),
      }),
    );
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByLabel('Username').fill(unique('ann'));
    await page.getByLabel('Password').fill('password');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('alert').getByText('This password is too common.').waitFor();
    await page.getByLabel('Password').and(page.locator(':focus')).waitFor();
    expect(await barriers(page)).toEqual([]);
  });
});

describe.each(['light', 'dark'] as const)('In the %s theme', (colorScheme) => {
  inBrowsers('nothing keeps people out who see little or use a screen reader', async (desktop) => {
    const page = await openChat(await desktop.open({ colorScheme }), base);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await register(page, unique('ann'));
    for (const name of ['Chats', 'People', 'Groups', 'Settings']) {
      const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });
      await link.click();
      await page.waitForLoadState('networkidle');
      expect({ name, barriers: await barriers(page) }).toEqual({ name, barriers: [] });
    }
  });
});
