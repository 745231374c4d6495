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

/** The chat of somebody who has an account, with its socket. */
export async function openAs(context: BrowserContext, base: string, username: string, path = '/'): Promise<Page> {
  const page = await openChat(context, base, path);
  const connected = connects(page);
  await signIn(page, username);
  await connected;
  return page;
}

/** The next time that a page has its socket: what happens from then on is told to it. */
export const connects = (page: Page): Promise<void> =>
  new Promise((resolve) => {
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        // Socket.IO's answer to who has joined
        if (String(payload).startsWith('40/im')) resolve();
      }),
    );
  });

/** What a thread shows of texts, from the top. */
export const textsIn = (page: Page): Promise<string[]> =>
  page.getByRole('log').locator('article [data-text]').allInnerTexts();

/** Somebody goes to another tab, or comes back. */
export const setHidden = (page: Page, hidden: boolean): Promise<void> =>
  page.evaluate((isHidden) => {
    const { document, Event, dispatchEvent } = globalThis as unknown as {
      document: { dispatchEvent(event: unknown): void; hasFocus(): boolean };
      Event: new (name: string) => unknown;
      dispatchEvent(event: unknown): void;
    };
    Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
    Object.defineProperty(document, 'visibilityState', {
      value: isHidden ? 'hidden' : 'visible',
      configurable: true,
    });
    document.hasFocus = () => !isHidden;
    document.dispatchEvent(new Event('visibilitychange'));
    dispatchEvent(new Event(isHidden ? 'blur' : 'focus'));
  }, hidden);

/** Whether a text begins where its box does. */
export const beginsAtLeft = (element: unknown): boolean => {
  interface Box {
    getBoundingClientRect(): { left: number };
  }
  const { document } = globalThis as unknown as {
    document: { createRange(): Box & { selectNodeContents(of: unknown): void } };
  };
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect().left - (element as Box).getBoundingClientRect().left < 1;
};
