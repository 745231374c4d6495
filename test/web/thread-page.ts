import type { Locator, Page } from 'playwright-core';
import { befriend, person, type Person } from '../support/person.js';
import type { Topology } from '../support/topology.mjs';
import { LINE_IS_CUT, type Desktop } from './browser.js';
import { connects, openChat, signIn } from './chat.js';

/** Two friends and their conversation. */
export async function twoFriends(server: Topology): Promise<[Person, Person, string]> {
  const [ann, ben] = [await person('ann', server.gateways), await person('ben', server.gateways)];
  await befriend(ann, ben);
  const { id } = await ann.ok<{ id: string }>('POST', '/conversations/direct', { userId: ben.id });
  return [ann, ben, id];
}

/** Somebody's own browser, with this conversation open. @param gateway its number, from the end when negative */
export async function openThread(
  desktop: Desktop,
  server: Topology,
  who: Person,
  conversationId: string,
  { gateway = 0, ...options }: { gateway?: number } & Parameters<Desktop['open']>[0] = {},
): Promise<Page> {
  const base = server.gateways.at(gateway) as string;
  const page = await openChat(await desktop.open(options), base, `/c/${conversationId}`);
  const connected = connects(page);
  await signIn(page, who.user.username);
  await composer(page).waitFor();
  await connected;
  return page;
}

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' });

export async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await page.keyboard.press('Enter');
}

/** Chooses from the menu of the message with this text. */
export async function act(page: Page, text: string, action: string): Promise<void> {
  const row = page.getByRole('article').filter({ hasText: text });
  await row.hover();
  await row.getByRole('button', { name: 'Message actions' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

/** Who knows that somebody is no friend any more cannot even write to them: here the page does not come to know it. */
export async function blockUnnoticed(desktop: Desktop, page: Page, who: Person, whom: Person): Promise<void> {
  desktop.expected.push(LINE_IS_CUT);
  await page.route(/\/api\/v1\/friends(\?|$)/, (route) => route.abort());
  // a list of after the block is without a conversation that is empty
  const listed = page.waitForResponse(/\/conversations\?/);
  await page.reload();
  await Promise.all([composer(page).waitFor(), listed.then((response) => response.finished())]);
  await who.ok('PUT', `/blocks/${whom.id}`);
}

/** Whether all of it lies within the thread's window, where a person sees it. */
export async function inView(page: Page, what: Locator): Promise<boolean> {
  const window = await page.getByRole('log').boundingBox();
  const box = (await what.count()) === 1 ? await what.boundingBox() : null;
  if (!window || !box) return false;
  return box.y >= window.y - 1 && box.y + box.height <= window.y + window.height + 1;
}

/** Scrolls the thread as somebody would by a wheel. */
export async function scroll(page: Page, pixels: number): Promise<void> {
  await page.getByRole('log').hover({ position: { x: 300, y: 200 } });
  await page.mouse.wheel(0, pixels);
}

export const jumpButton = (page: Page): Locator => page.getByRole('button', { name: /To the newest|new messages?$/ });
