import type { GroupCard } from '@dunlin/contracts/wire';
import type { Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { befriend, person, type Person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, LINE_IS_CUT, type Desktop } from './browser.js';
import { barriers, openAs, textsIn } from './chat.js';
import { composer, write } from './thread-page.js';

jest.setTimeout(90_000);

const HOSTILE = '\u202e<b>nnA</b> <script>alert(1)</script> 🦆';

describe('Somebody’s card', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  const someone = (name: string): Promise<Person> => person(name, server.gateways);
  const open = async (desktop: Desktop, who: Person, path: string): Promise<Page> =>
    openAs(await desktop.open(), who.base, who.user.username, path);
  const confirm = async (page: Page, verb: string): Promise<void> => {
    const asked = page.getByRole('alertdialog');
    await asked.waitFor();
    expect(await barriers(page)).toEqual([]);
    await asked.getByRole('button', { name: verb, exact: true }).click();
    await asked.waitFor({ state: 'detached' });
  };

  inBrowsers('opens from a group’s thread, and makes friends of two members', async (desktop) => {
    const [ann, ben, cleo] = await Promise.all([someone('ann'), someone('ben'), someone('cleo')]);
    const group = await ann.makeGroup([ben, cleo]);
    await cleo.ok('PATCH', '/users/me', { displayName: HOSTILE });
    await cleo.post(group.conversationId, 'Who is there?');
    const [benPage, cleoPage] = await Promise.all([
      open(desktop, ben, `/c/${group.conversationId}`),
      open(desktop, cleo, `/c/${group.conversationId}`),
    ]);
    await benPage.getByRole('button', { name: /^Profile of/ }).click();
    const card = benPage.getByRole('dialog');
    await card.getByText(`@${cleo.user.username}`).waitFor();
    await card.getByText('online').waitFor();
    await card.getByText('<script>alert(1)</script>').last().waitFor();
    expect(await barriers(benPage)).toEqual([]);
    await card.getByRole('button', { name: 'Ask to be friends' }).click();
    await benPage.getByLabel('A few words').fill('We met on the mud');
    expect(await barriers(benPage)).toEqual([]);
    await benPage.keyboard.press('Enter');
    await card.getByRole('button', { name: 'Cancel request' }).waitFor();
    // what one takes back goes from where the other one sees it
    await cleoPage.getByRole('link', { name: 'People' }).click();
    const asked = cleoPage.getByRole('region', { name: 'Requests' }).getByText('We met on the mud');
    await asked.waitFor();
    await card.getByRole('button', { name: 'Cancel request' }).click();
    await asked.waitFor({ state: 'detached' });
    await card.getByRole('button', { name: 'Ask to be friends' }).click();
    await benPage.getByLabel('A few words').fill('We met on the mud');
    await benPage.getByRole('button', { name: 'Send request' }).click();
    await asked.waitFor();
    await cleoPage.goBack();

    // the other one finds the question in the same place
    await cleoPage.getByRole('button', { name: 'Details' }).click();
    await cleoPage.getByRole('dialog').getByRole('button', { name: ben.user.displayName }).first().click();
    const other = cleoPage.getByRole('dialog', { name: ben.user.displayName });
    await other.getByText('We met on the mud').waitFor();
    await other.getByRole('button', { name: 'Accept' }).click();
    await card.getByRole('button', { name: 'Message' }).click();
    await write(benPage, 'Hello friend');
    await other.getByRole('button', { name: 'Message' }).click();
    await eventually(async () => expect(await textsIn(cleoPage)).toEqual(['Hello friend']));
    expect(await benPage.locator('main b, main script').count()).toBe(0);
  });

  inBrowsers('and whatever else lies over a conversation is closed by Back on a phone', async (desktop) => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    const group = await ann.makeGroup([ben], { name: 'Estuary walks' });
    const { id: mediaId } = await ann.uploaded(await picture());
    const body = { clientMsgId: 'shore', type: 'image', content: { mediaId } };
    await ann.ok('POST', `/conversations/${group.conversationId}/messages`, body);
    const phone = { viewport: { width: 360, height: 640 }, hasTouch: true };
    const page = await openAs(await desktop.open(phone), ben.base, ben.user.username);
    const [details, dialogs] = [page.getByRole('button', { name: 'Details' }), page.getByRole('dialog')];
    const back = async (left: number): Promise<void> => {
      await page.goBack();
      await eventually(async () => expect(await dialogs.count()).toBe(left));
      expect(new URL(page.url()).pathname).toBe(`/c/${group.conversationId}`);
    };
    await page.getByRole('link', { name: /Estuary walks/ }).click();
    await details.click();
    await dialogs.getByRole('button', { name: ann.user.displayName }).first().click();
    await dialogs.getByText(`@${ann.user.username}`).last().waitFor();
    await page.reload();
    await dialogs.getByText(`@${ann.user.username}`).last().waitFor();
    await back(1);
    await back(0);
    await page.getByRole('button', { name: 'Open picture' }).click();
    await dialogs.getByRole('img', { name: 'Picture' }).waitFor();
    await back(0);
    // what is closed otherwise is not met again by Back
    await page.goForward();
    await dialogs.getByRole('img', { name: 'Picture' }).waitFor();
    await dialogs.getByRole('button', { name: 'Close' }).click();
    await dialogs.waitFor({ state: 'detached' });
    await details.click();
    await dialogs.waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await dialogs.waitFor({ state: 'detached' });
    await details.waitFor();
    // nor is what is too fleeting for the address
    const [emojis, menu] = [page.getByRole('dialog', { name: 'Emojis' }), page.getByRole('menu')];
    for (const close of [() => back(0), () => page.keyboard.press('Escape')]) {
      await page.getByRole('button', { name: 'Emojis' }).click();
      await emojis.waitFor();
      await close();
      await emojis.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Message actions' }).last().click();
      await menu.waitFor();
      await close();
      await menu.waitFor({ state: 'detached' });
    }
    await details.click();
    await page.getByRole('button', { name: 'Leave group' }).click();
    await page.getByRole('alertdialog').waitFor();
    await page.goBack();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await dialogs.getByRole('button', { name: 'Leave group' }).waitFor();
    await back(0);
    await page.goBack();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  inBrowsers('blocks, which the other one meets when they write, and ends it again', async (desktop) => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    await befriend(ann, ben);
    const { id } = await ann.ok<{ id: string }>('POST', '/conversations/direct', { userId: ben.id });
    await ann.post(id, 'Until tomorrow');
    const [annPage, benPage] = await Promise.all([open(desktop, ann, `/c/${id}`), open(desktop, ben, `/c/${id}`)]);
    await annPage.getByRole('button', { name: 'Details' }).click();
    const card = annPage.getByRole('dialog', { name: ben.user.displayName });
    const block = card.getByRole('button', { name: 'Block', exact: true });
    await block.click();
    await annPage.getByRole('alertdialog').waitFor();
    await annPage.keyboard.press('Escape');
    await block.and(annPage.locator(':focus')).waitFor();
    await block.click();
    await confirm(annPage, 'Block');
    await card.getByText('You block this person.').waitFor();
    expect(await barriers(annPage)).toEqual([]);
    const stranger = benPage.getByText(/^You and .* are not friends, so you cannot write to each other\.$/);
    await stranger.waitFor();
    expect(await composer(benPage).count()).toBe(0);
    expect(await barriers(benPage)).toEqual([]);
    // who cannot know it writes, and is told by the server
    desktop.expected.push(LINE_IS_CUT);
    await benPage.context().route(/\/api\/v1\/friends(\?|$)/, (route) => route.abort());
    await benPage.reload();
    await write(benPage, 'Are you there?');
    await benPage.getByRole('article').getByText('That is blocked.').waitFor();

    await card.getByRole('button', { name: 'Unblock' }).click();
    await card.getByRole('button', { name: 'Ask to be friends' }).waitFor();
    await write(benPage, 'And now?');
    await benPage.getByRole('article').getByText('You are not friends.').waitFor();
    expect(await textsIn(annPage)).toEqual(['Until tomorrow']);
  });

  inBrowsers('ends a friendship, after which neither can write', async (desktop) => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    await befriend(ann, ben);
    const { id } = await ann.ok<{ id: string }>('POST', '/conversations/direct', { userId: ben.id });
    await ann.post(id, 'Until tomorrow');
    const [annPage, benPage] = await Promise.all([open(desktop, ann, '/people'), open(desktop, ben, '/people')]);
    const friends = (page: Page) => page.getByRole('region', { name: 'Friends' });
    await friends(annPage)
      .getByRole('button', { name: `Actions for ${ben.user.displayName}` })
      .click();
    await annPage.getByRole('menuitem', { name: 'Remove friend' }).click();
    await confirm(annPage, 'Remove friend');
    for (const page of [annPage, benPage]) await friends(page).getByText('No friends yet.').waitFor();

    await benPage.goto(`${ben.base}/c/${id}`);
    await benPage.getByRole('button', { name: 'Ask to be friends' }).click();
    // what was written is still there for both
    expect(await textsIn(benPage)).toEqual(['Until tomorrow']);
    await benPage.getByRole('button', { name: 'Send request' }).click();
    await benPage.getByRole('button', { name: 'Cancel request' }).waitFor();
    await annPage.getByRole('button', { name: 'Accept' }).click();
    await write(benPage, 'It is tomorrow');
    await eventually(async () => expect(await textsIn(benPage)).toEqual(['Until tomorrow', 'It is tomorrow']));
  });

  inBrowsers('and every place with a name show a new name and picture at once', async (desktop) => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    const group = await ann.makeGroup([ben]);
    const { id } = await ann.ok<{ id: string }>('POST', '/conversations/direct', { userId: ben.id });
    await ann.post(id, 'Hello');
    await ann.post(group.conversationId, 'Hello all');
    const [annPage, direct, inGroup, listed] = await Promise.all([
      open(desktop, ann, '/settings'),
      open(desktop, ben, `/c/${id}`),
      open(desktop, ben, `/c/${group.conversationId}`),
      open(desktop, ben, '/people'),
    ]);
    const friend = listed.getByRole('region', { name: 'Friends' }).getByRole('listitem');
    await friend.getByText(ann.user.displayName).first().waitFor();
    const asked: string[] = [];
    listed.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await direct.getByRole('heading', { name: ann.user.displayName }).waitFor();
    await inGroup.getByRole('article', { name: ann.user.displayName }).waitFor();
    await annPage.getByLabel('Name', { exact: true }).fill(HOSTILE);
    await annPage.getByRole('button', { name: 'Save' }).click();
    await annPage.locator('input[type=file]').setInputFiles({
      name: 'me.png',
      mimeType: 'image/png',
      buffer: await picture(),
    });
    await direct.getByRole('heading', { name: /nnA/ }).waitFor();
    await direct.locator('header img').waitFor();
    await direct.getByRole('link', { name: /nnA/ }).locator('img').waitFor();
    await inGroup.getByRole('article', { name: /nnA/ }).locator('img').waitFor();
    // it was told, so nobody has to ask for all friends again
    await friend.getByText(/nnA/).first().waitFor();
    await friend.locator('img').waitFor();
    expect(asked.filter((path) => /\/(friends|blocks)$/.test(path))).toEqual([]);
    await annPage.getByRole('button', { name: 'Remove picture' }).click();
    await direct.locator('header img').waitFor({ state: 'detached' });
    const { items } = await ben.ok<{ items: GroupCard[] }>('GET', '/groups');
    expect(items).toHaveLength(1);
  });

  inBrowsers('and a thread know a name that changed while nobody showed it', async (desktop) => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    const group = await ann.makeGroup([ben], { name: 'Walks' });
    await ann.post(group.conversationId, 'Hello all');
    const page = await open(desktop, ben, `/c/${group.conversationId}`);
    await page.getByRole('article', { name: ann.user.displayName }).waitFor();
    await page.getByRole('link', { name: 'Groups' }).click();
    await page.getByRole('heading', { name: 'Groups', exact: true }).waitFor();
    const device = await ben.connect();
    await ann.ok('PATCH', '/users/me', { displayName: 'Ann the Second' });
    await device.waitFor('profile:updated');
    device.close();
    await page.getByRole('link', { name: 'Chats' }).click();
    await page.getByRole('link', { name: /Walks/ }).click();
    await page.getByRole('article', { name: 'Ann the Second' }).waitFor();
  });
});
