import type { GroupId, JoinPolicy, UserId } from '@dunlin/contracts';
import { by, GroupWorld, refusal } from '../testing/group-world.js';

const ann = 'ann' as UserId;
const zoe = 'zoe' as UserId;

describe('The directory of groups', () => {
  let world: GroupWorld;
  const found = async (name: string, joinPolicy: JoinPolicy): Promise<GroupId> =>
    (await world.groups.create(by('ann', { name, joinPolicy, memberIds: [] }))).id as GroupId;
  const search = async (q: string): Promise<string[]> =>
    (await world.directory.search(zoe, { q, limit: 50 })).items.map((card) => card.name);

  beforeEach(async () => {
    world = await GroupWorld.open();
  });
  afterEach(() => world.close());

  it('shows an outsider the card of an open or approval group, and no trace of an invite group', async () => {
    const [open, approval, invite] = [
      await found('One', 'open'),
      await found('Two', 'approval'),
      await found('Three', 'invite'),
    ];
    expect(await world.directory.get(open, zoe)).toMatchObject({ name: 'One', myRole: null, memberCount: 1 });
    expect(await world.directory.get(approval, zoe)).toMatchObject({ name: 'Two', myRole: null });
    expect(await refusal(world.directory.get(invite, zoe))).toBe('not_found');
    expect(await world.directory.get(invite, ann)).toMatchObject({ myRole: 'owner' });
    expect(await world.directory.cards(zoe, [open, invite])).toEqual([]);
    expect(await world.directory.cards(ann, [open, invite])).toHaveLength(2);
    expect(await world.directory.cards(ann, [])).toEqual([]);
  });

  it('finds groups by the start of the name, without regard to case and without wildcards', async () => {
    await found('Dunlin watchers', 'open');
    await found('DUNLIN', 'approval');
    await found('dunlin secret', 'invite');
    await found('A dunlin', 'open');
    await found('100% wool', 'open');
    await found('1000 birds', 'open');
    await found('Ｄunlin wide', 'open');
    expect(await search('dunLIN')).toEqual(['DUNLIN', 'Dunlin watchers', 'Ｄunlin wide']);
    expect(await search('dunlin ')).toEqual(['Dunlin watchers', 'Ｄunlin wide']);
    expect(await search('100%')).toEqual(['100% wool']);
    expect(await search('%')).toEqual([]);
    expect(await search('_')).toEqual([]);
    expect(await search('d!')).toEqual([]);
  });

  it('finds a word by the same letters, though the last one is written otherwise at a word’s end', async () => {
    await found('Ασπασία', 'open');
    await found('ΑΛΈΞΑΝΔΡΟΣ', 'open');
    for (const q of ['ΑΣ', 'ας', 'ασ']) expect(await search(q)).toEqual(['Ασπασία']);
    for (const q of ['αλέξανδρος', 'Αλέξανδροσ', 'ΑΛΈΞΑΝΔΡΟΣ']) expect(await search(q)).toEqual(['ΑΛΈΞΑΝΔΡΟΣ']);
  });

  it('finds a renamed group by its new name only', async () => {
    const groupId = await found('Dunlin', 'open');
    await world.groups.update(by('ann', { groupId, name: 'Knot' }));
    expect(await search('dun')).toEqual([]);
    expect(await search('kno')).toEqual(['Knot']);
  });

  it('hands out every group once, page by page', async () => {
    for (let i = 0; i < 7; i++) await found(i < 4 ? 'Same name' : `Same name ${i}`, 'open');
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.directory.search(zoe, { q: 'same', limit: 3, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map((card) => card.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });

  it('lists one’s own groups in the order of joining', async () => {
    const names: string[] = [];
    for (const name of ['B', 'A', 'C', 'D']) {
      await found(name, 'invite');
      world.clock.at += 1000;
    }
    let cursor: string | undefined;
    do {
      const page = await world.directory.mine(ann, { limit: 2, ...(cursor ? { cursor } : {}) });
      names.push(...page.items.map((card) => card.name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(names).toEqual(['B', 'A', 'C', 'D']);
    expect((await world.directory.mine(zoe, { limit: 2 })).items).toEqual([]);
  });

  it('refuses a cursor of another list', async () => {
    const page = { limit: 2, cursor: Buffer.from('["a"]').toString('base64url') };
    expect(await refusal(world.directory.mine(ann, page))).toBe('validation_failed');
    expect(await refusal(world.directory.search(ann, { q: 'a', ...page }))).toBe('validation_failed');
  });
});
