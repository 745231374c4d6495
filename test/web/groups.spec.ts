import type { GroupCard, JoinPolicy } from '@dunlin/contracts/wire';
import type { Page } from 'playwright-core';
import { eventually } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { unique } from '../support/names.js';
import { befriend, person, type Person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';
import { inBrowsers, type Desktop } from './browser.js';
import { barriers, beginsAtLeft, openAs, textsIn } from './chat.js';
import { composer } from './thread-page.js';

jest.setTimeout(90_000);

/** Markup that would complain on the console, a turn of the direction, a word without end, and a face. */
const HOSTILE = `<img src=x onerror=alert(1)>\u202e${'long'.repeat(5)} 👩‍👩‍👧`;

describe('A group', () => {
  let server: Topology;
  beforeAll(async () => {
    server = await startTopology();
  });
  afterAll(() => server.stop());

  const someone = (name: string): Promise<Person> => person(name, server.gateways);
  const open = async (desktop: Desktop, who: Person, path: string): Promise<Page> =>
    openAs(await desktop.open(), who.base, who.user.username, path);
  /** Ann's group, and a page of everybody's with its thread. */
  const meeting = async (
    desktop: Desktop,
    { joinPolicy = 'open' as JoinPolicy, name = 'Estuary walks' } = {},
  ): Promise<{ people: [Person, Person, Person]; group: GroupCard; pages: [Page, Page, Page] }> => {
    const people = await Promise.all([someone('ann'), someone('ben'), someone('cleo')]);
    const [ann, ben, cleo] = people;
    const group = await ann.makeGroup([ben, cleo], { joinPolicy, name });
    const pages = await Promise.all(people.map((who) => open(desktop, who, `/c/${group.conversationId}`)));
    for (const page of pages) await page.getByRole('textbox', { name: 'Message' }).waitFor();
    return { people, group, pages: pages as [Page, Page, Page] };
  };
  const panel = async (page: Page) => {
    await page.getByRole('button', { name: 'Details' }).click();
    return page.getByRole('dialog');
  };
  const membersOf = (page: Page, count: number) =>
    page.getByRole('heading', { name: `Members ${count}`, exact: true }).waitFor();
  const choose = async (page: Page, who: Person, action: string): Promise<void> => {
    await page.getByRole('button', { name: `Actions for ${who.user.displayName}` }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  const confirm = async (page: Page, verb: string): Promise<void> => {
    const asked = page.getByRole('alertdialog');
    expect(await barriers(page)).toEqual([]);
    await asked.getByRole('button', { name: verb, exact: true }).click();
    await asked.waitFor({ state: 'detached' });
  };
  const write = async (page: Page, text: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'Message' }).fill(text);
    await page.keyboard.press('Enter');
  };

  inBrowsers('is made with a friend, who has it at once, and an open one is found and joined', async (desktop) => {
    const [ann, ben, cleo] = await Promise.all([someone('ann'), someone('ben'), someone('cleo')]);
    await befriend(ann, ben);
    const name = unique('walks');
    const [annPage, benPage, cleoPage] = await Promise.all([
      open(desktop, ann, '/groups'),
      open(desktop, ben, '/'),
      open(desktop, cleo, '/groups'),
    ]);
    await annPage.getByRole('button', { name: 'New group' }).click();
    const dialog = annPage.getByRole('dialog', { name: 'New group' });
    await dialog.getByLabel('Group name').fill(name);
    await dialog.getByRole('searchbox').fill(ben.user.username.toUpperCase());
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name: `Leave out ${ben.user.displayName}` }).waitFor();
    expect(await barriers(annPage)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await annPage.getByRole('heading', { name }).waitFor();
    await benPage.getByRole('link', { name }).waitFor();

    await cleoPage.getByRole('searchbox').fill(name.slice(0, -1));
    await cleoPage.getByRole('listitem').getByText('2 members · Anybody may join').waitFor();
    await cleoPage.getByRole('button', { name: 'Join' }).click();
    await cleoPage.getByRole('heading', { name }).waitFor();
    await annPage.getByText('3 members').waitFor();
  });

  inBrowsers('shows its admins who asks to join and in which words, and lets in or turns away', async (desktop) => {
    const name = unique('walks');
    const { people, pages } = await meeting(desktop, { joinPolicy: 'approval', name });
    const [, ben] = people;
    const [annPage, benPage] = pages;
    const [dan, eve] = await Promise.all([someone('dan'), someone('eve')]);
    const askers = await Promise.all([dan, eve].map((who) => open(desktop, who, '/groups')));
    for (const [index, page] of askers.entries()) {
      await page.getByRole('searchbox').fill(name);
      await page.getByRole('button', { name: 'Ask to join' }).click();
      await page.getByLabel('A few words').fill(index === 0 ? HOSTILE : 'And me?');
      if (index === 0) expect(await barriers(page)).toEqual([]);
      await page.keyboard.press('Enter');
      await page.getByRole('status').getByText('You asked to join.').first().waitFor();
    }
    // a wish is not forgotten with the page
    await askers[0]?.reload();
    await askers[0]?.getByRole('searchbox').fill(name);
    await askers[0]?.getByRole('region', { name: 'Find groups' }).getByText('You asked to join.').waitFor();
    expect(await askers[0]?.getByRole('button', { name: 'Ask to join' }).count()).toBe(0);
    await annPage.getByRole('button', { name: '2 people ask to join' }).click();
    const seen = annPage.getByRole('dialog');
    await seen.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await annPage.locator('img[src="x"]').count()).toBe(0);
    expect(await barriers(annPage)).toEqual([]);
    const focused = (): Promise<string> => annPage.locator(':focus').innerText();
    await seen.getByRole('button', { name: `Approve ${dan.user.displayName}` }).press('Enter');
    await eventually(async () => expect(await focused()).toContain(eve.user.displayName));
    await seen.getByRole('button', { name: `Reject ${eve.user.displayName}` }).press('Enter');
    await seen.getByText('Asking to join').waitFor({ state: 'detached' });
    await eventually(async () => expect(await focused()).toContain('Members'));
    expect(await benPage.getByRole('button', { name: /asks? to join/ }).count()).toBe(0);
    // the one who was let in has the way to it
    await askers[0]?.getByRole('link', { name: 'Open' }).first().waitFor();
    await askers[0]?.getByRole('link', { name: 'Chats' }).click();
    await askers[0]?.getByRole('link', { name }).waitFor();
    // the other one is told of it by no event, but looks again
    await askers[1]?.evaluate(() =>
      (globalThis as unknown as { dispatchEvent(event: Event): void }).dispatchEvent(new Event('focus')),
    );
    await askers[1]?.getByRole('button', { name: 'Ask to join' }).waitFor();
    await askers[1]?.getByRole('link', { name: 'Chats' }).click();
    expect(await askers[1]?.getByRole('link', { name }).count()).toBe(0);

    // an admin of a moment ago is told of the next one
    await choose(annPage, ben, 'Make admin');
    await eve.ok('POST', `/groups/${(await ben.ok<{ items: GroupCard[] }>('GET', '/groups')).items[0]?.id}/join`, {});
    await benPage.getByRole('button', { name: '1 person asks to join' }).waitFor();
  });

  inBrowsers('is given another name, picture and way in, which all members see at once', async (desktop) => {
    const { group, people, pages } = await meeting(desktop);
    const [annPage, benPage] = pages;
    await panel(annPage);
    await annPage.getByRole('button', { name: 'Edit', exact: true }).click();
    const dialog = annPage.getByRole('dialog', { name: 'Edit group' });
    await dialog.getByLabel('Group name').fill(HOSTILE);
    await dialog.getByLabel('By invitation only').check();
    await dialog.locator('input[type=file]').setInputFiles({
      name: 'shore.png',
      mimeType: 'image/png',
      buffer: await picture(),
    });
    await dialog.locator('img').waitFor();
    expect(await barriers(annPage)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await benPage.getByRole('heading', { name: '<img src=x onerror=alert(1)>' }).waitFor();
    await benPage.locator('header img').waitFor();
    expect(await benPage.locator('img[src="x"]').count()).toBe(0);
    const benPanel = await panel(benPage);
    await benPanel.getByText('By invitation only').waitFor();
    expect(await benPanel.getByRole('button', { name: 'Edit', exact: true }).count()).toBe(0);
    expect(await people[0].ok(`GET`, `/groups/${group.id}`)).toMatchObject({ name: HOSTILE, joinPolicy: 'invite' });
  });

  inBrowsers('takes in several friends at once, and says who was left out', async (desktop) => {
    const { people, pages } = await meeting(desktop);
    const [ann] = people;
    const [annPage, benPage] = pages;
    const [dan, eve] = await Promise.all([someone('dan'), someone('eve')]);
    for (const friend of [dan, eve]) await befriend(ann, friend);
    await dan.ok('PATCH', '/users/me', { displayName: 'דנה' });
    const danPage = await open(desktop, dan, '/');
    await panel(annPage);
    await annPage.getByRole('button', { name: 'Add', exact: true }).click();
    const dialog = annPage.getByRole('dialog', { name: 'Add people' });
    await dialog.getByRole('checkbox').nth(1).waitFor();
    // members are not offered
    expect(await dialog.getByRole('checkbox').count()).toBe(2);
    // a name stands over its username, whichever way it is read
    expect(await dialog.getByText('דנה').evaluate(beginsAtLeft)).toBe(true);
    for (const name of ['דנה', eve.user.displayName]) await dialog.getByLabel(name).check();
    await eve.ok('DELETE', `/friends/${ann.id}`);
    expect(await barriers(annPage)).toEqual([]);
    await dialog.getByRole('button', { name: 'Add 2 people' }).click();
    await dialog.getByRole('status').getByText(eve.user.displayName).waitFor();
    await danPage.getByRole('link', { name: 'Estuary walks' }).waitFor();
    await benPage.getByText('4 members').waitFor();
  });

  inBrowsers(
    'has admins of its owner’s choice, who mute, and the muted one sees it before they write',
    async (desktop) => {
      const { people, pages } = await meeting(desktop);
      const [, ben, cleo] = people;
      const [annPage, benPage, cleoPage] = pages;
      const benPanel = await panel(benPage);
      await membersOf(benPage, 3);
      expect(await benPanel.getByRole('button', { name: /^Actions for/ }).count()).toBe(0);
      await panel(annPage);
      await choose(annPage, ben, 'Make admin');
      // at once, without a reload
      await choose(benPage, cleo, 'Mute…');
      const dialog = benPage.getByRole('dialog', { name: /^Mute/ });
      await dialog.getByLabel('Until…').check();
      await dialog.getByLabel('Until', { exact: true }).fill('2001-01-01T00:00');
      await dialog.getByText('Choose a time to come.').waitFor();
      expect(await dialog.getByRole('button', { name: 'Mute' }).isDisabled()).toBe(true);
      expect(await barriers(benPage)).toEqual([]);
      await dialog.getByLabel('8 hours').check();
      await dialog.getByRole('button', { name: 'Mute' }).click();
      await annPage.getByRole('dialog').getByText('Muted until').waitFor();

      // before she tries, at once and after a reload; what happens to others does not end it
      const told = cleoPage.getByRole('status').getByText(/^You are muted in this group until/);
      await told.waitFor();
      expect(await composer(cleoPage).count()).toBe(0);
      expect(await barriers(cleoPage)).toEqual([]);
      await cleoPage.reload();
      await told.waitFor();
      // a clock that is wrong by a day changes nothing
      await cleoPage.addInitScript(() => {
        const { now } = Date;
        Date.now = () => now() + 86_400_000;
      });
      await cleoPage.reload();
      await told.waitFor();
      await choose(annPage, ben, 'Remove as admin');
      await choose(annPage, ben, 'Make admin');
      await cleoPage.getByText('changed what').nth(2).waitFor();
      expect(await told.count()).toBe(1);
      await choose(annPage, cleo, 'Let write again');
      await benPage.getByText('Muted until').waitFor({ state: 'detached' });
      await write(cleoPage, 'And now?');
      await eventually(async () => expect(await textsIn(annPage)).toContain('And now?'));
      // the list says who wrote
      await annPage.getByText(new RegExp(`${cleo?.user.displayName}.?: And now`)).waitFor();
      await cleoPage.getByText('You: And now?').waitFor();
      await choose(annPage, ben, 'Remove as admin');
      await benPanel
        .getByRole('button', { name: /^Actions for/ })
        .first()
        .waitFor({ state: 'detached' });
    },
  );

  inBrowsers('goes away from the one who is removed, and from all when it is dissolved', async (desktop) => {
    const { people, pages } = await meeting(desktop);
    const [ann, ben, cleo] = people;
    const [annPage, benPage, cleoPage] = pages;
    await panel(annPage);
    await choose(annPage, cleo, 'Remove from group');
    await confirm(annPage, 'Remove from group');
    await cleoPage.getByText('You were removed from').first().waitFor();
    await cleoPage.getByRole('heading', { name: 'Choose a conversation' }).waitFor();
    expect(await cleoPage.getByRole('link', { name: 'Estuary walks' }).count()).toBe(0);
    await membersOf(annPage, 2);

    await choose(annPage, ben, 'Make owner');
    await confirm(annPage, 'Make owner');
    const benPanel = await panel(benPage);
    await benPanel.getByRole('button', { name: 'Dissolve group' }).waitFor();
    await annPage.getByRole('button', { name: 'Leave group' }).click();
    await confirm(annPage, 'Leave group');
    await annPage.getByRole('heading', { name: 'Choose a conversation' }).waitFor();
    await membersOf(benPage, 1);
    expect((await ann.http('GET', `/groups?limit=1`)).body).toMatchObject({ items: [] });

    await befriend(ben, cleo);
    await benPage.getByRole('button', { name: 'Add', exact: true }).click();
    await benPage.getByLabel(cleo.user.displayName).check();
    await benPage.getByRole('button', { name: 'Add 1 person' }).click();
    await cleoPage.getByRole('link', { name: 'Estuary walks' }).click();
    await cleoPage.getByRole('textbox', { name: 'Message' }).waitFor();
    await benPage.getByRole('button', { name: 'Dissolve group' }).click();
    await confirm(benPage, 'Dissolve group');
    for (const page of [benPage, cleoPage]) {
      await page.getByText('was dissolved').first().waitFor();
      await page.getByRole('heading', { name: 'Choose a conversation' }).waitFor();
    }
  });

  inBrowsers('is led by the keyboard alone, which comes back to where it was', async (desktop) => {
    const { people, pages } = await meeting(desktop);
    const [, ben] = people;
    const [page] = pages;
    const focused = async () => {
      const place = page.locator(':focus');
      return (await place.getAttribute('aria-label')) ?? (await place.innerText());
    };
    /** One step at a time, as somebody does who looks. */
    const reach = async (key: string, what: string) => {
      for (let steps = 0; (await focused()) !== what; steps++) {
        expect(steps).toBeLessThan(20);
        const before = await focused();
        await page.keyboard.press(key);
        await eventually(async () => expect(await focused()).not.toBe(before));
      }
      await page.keyboard.press('Enter');
    };
    const ask = async (action: string) => {
      await page.keyboard.press('Enter');
      await page.locator('[role=menuitem]:focus').waitFor();
      await reach('ArrowDown', action);
    };
    await page.getByRole('button', { name: 'Details' }).focus();
    await page.keyboard.press('Enter');
    const actions = `Actions for ${ben.user.displayName}`;
    await page.getByRole('button', { name: actions }).waitFor();
    // what turns into its opposite keeps the keyboard
    for (const [now, then] of [
      ['Mute', 'Unmute'],
      ['Unmute', 'Mute'],
    ] as const) {
      await reach('Tab', now);
      await eventually(async () => expect(await focused()).toBe(then));
    }
    await reach('Tab', actions);
    await page.locator('[role=menuitem]:focus').waitFor();
    await reach('ArrowDown', 'Remove from group');
    // what ends something is not what a hasty Enter chooses
    await eventually(async () => expect(await focused()).toBe('Cancel'));
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await eventually(async () => expect(await focused()).toBe(actions));
    await ask('Mute…');
    await page.getByRole('dialog', { name: /^Mute/ }).getByLabel('1 hour').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await focused()).toBe(actions));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await eventually(async () => expect(await focused()).toBe('Details'));
    await page.getByText('3 members').waitFor();
  });

  inBrowsers('is led in the dark and on a narrow phone, with nothing cut off or hard to read', async (desktop) => {
    const [ann, ben] = await Promise.all([someone('ann'), someone('ben')]);
    for (const who of [ann, ben]) await who.ok('PATCH', '/users/me', { displayName: 'Dampf'.repeat(12) });
    const group = await ann.makeGroup([ben], { name: 'schiff'.repeat(10), joinPolicy: 'approval' });
    const eve = await someone('eve');
    await eve.ok('POST', `/groups/${group.id}/join`, { message: 'fahrt'.repeat(40) });
    const narrow = { viewport: { width: 360, height: 700 }, colorScheme: 'dark' as const, hasTouch: true };
    const page = await openAs(await desktop.open(narrow), ann.base, ann.user.username, `/c/${group.conversationId}`);
    const check = async (what: string) => {
      const overflowing = await page.evaluate(() => {
        interface Box {
          scrollWidth: number;
          clientWidth: number;
        }
        const { document } = globalThis as unknown as {
          document: { body: Box; querySelectorAll(css: string): Iterable<Box> };
        };
        return [document.body, ...document.querySelectorAll('[role=dialog] > *, [role=alertdialog]')].filter(
          ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1,
        ).length;
      });
      expect({ what, overflowing, barriers: await barriers(page) }).toEqual({ what, overflowing: 0, barriers: [] });
    };
    await page.getByRole('button', { name: '1 person asks to join' }).waitFor();
    await check('the thread');
    await panel(page);
    await page.getByRole('button', { name: /^Approve/ }).waitFor();
    await page.getByRole('button', { name: /^Actions for/ }).waitFor();
    await check('the panel');
    for (const [name, dialog] of [
      ['Edit', 'Edit group'],
      ['Add', 'Add people'],
    ] as const) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByRole('dialog', { name: dialog }).waitFor();
      await check(dialog);
      await page.getByRole('button', { name: 'Cancel' }).click();
    }
    await page.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Mute…' }).click();
    await page.getByLabel('Until…').check();
    await check('the mute');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Remove from group' }).click();
    await page.getByRole('alertdialog').waitFor();
    await check('the question');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Dampf.*(online|@)/ })
      .click();
    await page.getByRole('button', { name: 'Remove friend' }).waitFor();
    await check('the card');
  });
});
