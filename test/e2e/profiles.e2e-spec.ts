import type { Page, User } from '@dunlin/contracts/wire';
import { expectProblem } from '../support/expectations.js';
import { picture } from '../support/images.js';
import { nobody, unique } from '../support/names.js';
import { friends, person, Visitor, type Person } from '../support/person.js';

const search = async (who: Person, q: string, more = ''): Promise<Page<User>> =>
  who.ok('GET', `/users?q=${encodeURIComponent(q)}${more}`);
const names = (page: Page<User>): string[] => page.items.map((user) => user.username);

describe('A profile', () => {
  it('is the same to its owner and to others', async () => {
    const [ann, ben] = await Promise.all([person('ann'), person('ben')]);
    expect(await ann.ok('GET', '/users/me')).toEqual(ann.user);
    expect(await ben.ok('GET', `/users/${ann.id}`)).toEqual(ann.user);
  });

  it('shows a new display name everywhere, exactly as it was typed', async () => {
    const [ann, ben] = await Promise.all([person('ann'), person('ben')]);
    for (const displayName of ["Zoë 'DROP' <b>O’Brien</b> 漢字 🐧", '  Ann  ', '%_\\', 'e\u0301']) {
      const changed = await ann.ok<User>('PATCH', '/users/me', { displayName });
      expect(changed).toEqual({ ...ann.user, displayName });
      expect((await ben.ok<User>('GET', `/users/${ann.id}`)).displayName).toBe(displayName);
    }
  });

  it('that changes on one device is told to one’s others as one’s own, to friends and fellow members, and to nobody else', async () => {
    const [ann, ben] = await friends();
    const [cy, eve] = await Promise.all([person('cy'), person('eve')]);
    const group = await ann.makeGroup([], { joinPolicy: 'open' });
    await cy.ok('POST', `/groups/${group.id}/join`, {});
    const [phone, laptop, benDevice] = await Promise.all([ann.connect(), ann.connect(), ben.connect()]);
    const [cyDevice, eveDevice] = await Promise.all([cy.connect(), eve.connect()]);
    const changed = await ann.ok<User>('PATCH', '/users/me', { displayName: 'Ann of the Dunes' });
    for (const device of [phone, laptop]) expect(await device.waitFor('user:updated')).toEqual(changed);
    for (const device of [benDevice, cyDevice]) expect(await device.waitFor('profile:updated')).toEqual(changed);
    await Promise.all([benDevice.settle(), eveDevice.settle()]);
    expect(benDevice.all('user:updated')).toEqual([]);
    expect([...eveDevice.all('user:updated'), ...eveDevice.all('profile:updated')]).toEqual([]);
  });

  it('takes an image of its owner’s as its picture, which every signed-in person may see, and lets go of it', async () => {
    const [ann, eve] = await Promise.all([person('ann'), person('eve')]);
    const media = await ann.uploaded(await picture('jpeg'), 'me.jpg');
    expect((await eve.fetch(media.url)).status).toBe(404);
    const { avatarUrl } = await ann.ok<User>('PATCH', '/users/me', { avatarMediaId: media.id });
    expect(avatarUrl).toEqual(expect.any(String));
    const seen = await eve.ok<User>('GET', `/users/${ann.id}`);
    expect(seen.avatarUrl).toBe(avatarUrl);
    const bytes = await eve.fetch(avatarUrl as string);
    expect(bytes.status).toBe(200);
    expect(bytes.headers.get('content-type')).toMatch(/^image\//);
    expect((await ann.ok<User>('PATCH', '/users/me', { avatarMediaId: null })).avatarUrl).toBeNull();
  });

  it('does not take somebody else’s image, nor what is no image or not there', async () => {
    const [ann, eve] = await Promise.all([person('ann'), person('eve')]);
    const image = await ann.uploaded(await picture());
    const file = await eve.uploaded(Buffer.from('just some words'), 'words.txt');
    const set = (avatarMediaId: unknown) => eve.http('PATCH', '/users/me', { avatarMediaId });
    expectProblem(await set(image.id), 'not_found');
    expectProblem(await set(nobody()), 'not_found');
    expectProblem(await set(file.id), 'unsupported_media');
    expectProblem(await set('../../etc/passwd'), 'validation_failed', 'avatarMediaId');
    expect((await eve.ok<User>('GET', '/users/me')).avatarUrl).toBeNull();
  });

  it('stays as it is when nothing is asked', async () => {
    const ann = await person();
    expect(await ann.ok('PATCH', '/users/me', {})).toEqual(ann.user);
  });

  it.each([
    ['a blank display name', { displayName: '   ' }, 'displayName'],
    ['a display name that is null', { displayName: null }, 'displayName'],
    ['a long display name', { displayName: '🐧'.repeat(65) }, 'displayName'],
    ['another username', { username: 'other' }, 'username'],
    ['another id', { id: 'x' }, 'id'],
  ])('refuses %s and stays as it was', async (_what, body, path) => {
    const ann = await person();
    expectProblem(await ann.http('PATCH', '/users/me', body), 'validation_failed', path);
    expect(await ann.ok('GET', '/users/me')).toEqual(ann.user);
  });

  it('of nobody is not found', async () => {
    const ann = await person();
    for (const id of [nobody(), 'null', '0', "'%20OR%201=1--", '%00', '%E0%A4%A', '__proto__', 'x'.repeat(65)])
      expect((await ann.http('GET', `/users/${id}`)).status).toBeGreaterThanOrEqual(400);
    expectProblem(await ann.http('GET', `/users/${nobody()}`), 'not_found');
  });
});

describe('Searching people', () => {
  it('finds by the start of the username or the display name, in any case', async () => {
    const word = unique('Word');
    const [byName, byDisplay, neither] = await Promise.all([
      new Visitor().register(word),
      new Visitor().register(unique('other'), { displayName: `${word} Smith` }),
      new Visitor().register(unique('x'), { displayName: `The ${word}` }),
    ]);
    const seeker = await person();
    for (const q of [word, word.toUpperCase(), word.toLowerCase(), word.slice(0, -1)]) {
      const found = names(await search(seeker, q));
      expect(found.sort()).toEqual([byName.user.username, byDisplay.user.username].sort());
      expect(found).not.toContain(neither.user.username);
    }
  });

  it('ignores case beyond ASCII too', async () => {
    const word = unique('Élan');
    const ann = await new Visitor().register(unique('ann'), { displayName: word });
    expect(names(await search(await person(), word.toLowerCase()))).toEqual([ann.user.username]);
  });

  it('takes nothing for a wildcard', async () => {
    const seeker = await person();
    const tag = unique('w');
    await new Visitor().register(unique('a'), { displayName: `${tag}xb` });
    const literal = await new Visitor().register(unique('a'), { displayName: `${tag}%b` });
    for (const q of [`${tag}%`, `${tag}%b`]) expect(names(await search(seeker, q))).toEqual([literal.user.username]);
    for (const q of [`${tag}_b`, `${tag}*`, `${tag}\\`, '%'.repeat(3)])
      expect(names(await search(seeker, q))).toEqual([]);
    const underscore = await new Visitor().register(`${tag}_1`);
    await new Visitor().register(`${tag}x1`);
    expect(names(await search(seeker, `${tag}_`))).toEqual([underscore.user.username]);
  });

  it('goes through all in pages, each person once', async () => {
    const tag = unique('pg');
    const all = await Promise.all(Array.from({ length: 5 }, (_, i) => new Visitor().register(`${tag}.${i}`)));
    const seeker = await person();
    const found: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: Page<User> = await search(
        seeker,
        tag,
        `&limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      );
      expect(page.items.length).toBeLessThanOrEqual(2);
      found.push(...names(page));
      cursor = page.nextCursor;
      pages++;
    } while (cursor !== null);
    expect(pages).toBe(3);
    expect(found.sort()).toEqual(all.map((one) => one.user.username).sort());
  });

  it('leaves out who has blocked the seeker, and only for that one', async () => {
    const [ann, eve, ben] = await Promise.all([person('hide'), person('eve'), person('ben')]);
    await ann.ok('PUT', `/blocks/${eve.id}`);
    expect(names(await search(eve, ann.user.username))).toEqual([]);
    expect(names(await search(ben, ann.user.username))).toEqual([ann.user.username]);
    expect(names(await search(ann, eve.user.username))).toEqual([eve.user.username]);
  });

  it.each([
    ['no q', ''],
    ['an empty q', 'q='],
    ['a long q', `q=${'a'.repeat(65)}`],
    ['two q', 'q=a&q=b'],
    ['a q that is an object', 'q[$gt]=a'],
    ['a q with NUL', 'q=a%00'],
    ['a limit of 0', 'q=a&limit=0'],
    ['a limit of 101', 'q=a&limit=101'],
    ['a limit that is no number', 'q=a&limit=ten'],
    ['a limit with a fraction', 'q=a&limit=1.5'],
    ['a negative limit', 'q=a&limit=-1'],
    ['an empty limit', 'q=a&limit='],
    ['two limits', 'q=a&limit=1&limit=2'],
    ['a cursor that is none', 'q=a&cursor=nonsense'],
    ['a cursor of something else', `q=a&cursor=${Buffer.from('[{"a":1}]').toString('base64url')}`],
    ['an empty cursor', 'q=a&cursor='],
    ['an unknown parameter', 'q=a&page=2'],
  ])('refuses %s', async (_what, query) => {
    expectProblem(await (await person()).http('GET', `/users?${query}`), 'validation_failed');
  });
});
