import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';
import { PASSWORD } from '../support/person.js';

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

/** The chat, opened in a new tab. */
export async function openChat(context: BrowserContext, base: string, path = '/'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(base + path);
  return page;
}

/** Makes an account by hand and waits for the chat. */
export async function register(page: Page, username: string, name = ''): Promise<void> {
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Create account' }).waitFor();
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Name (optional)').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** What of WCAG's A and AA this page breaks seriously, as `rule: element`. */
export async function barriers(page: Page): Promise<string[]> {
  // evaluated, not added as a script, which the page's policy would refuse
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Finding[] }> } };
    return (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })).violations;
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** Signs in by hand to an account that is there, and waits for the chat. */
export async function signIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  // a conversation on a phone hides it
  await page.getByRole('navigation', { name: 'Main', includeHidden: true }).waitFor({ state: 'attached' });
}

/** The chat of somebody who has an account. */
export async function openAs(context: BrowserContext, base: string, username: string, path = '/'): Promise<Page> {
  const page = await openChat(context, base, path);
  await signIn(page, username);
  return page;
}

/** What a thread shows of texts, from the top. */
export const textsIn = (page: Page): Promise<string[]> =>
  page.getByRole('log').locator('article [data-text]').allInnerTexts();
