import { mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { MediaId } from '@dunlin/contracts';
import { newId } from '@dunlin/platform';
import { LocalMediaStore } from './local-media-store.js';
import { objectName } from './object-name.js';

const id = (text: string): MediaId => text as MediaId;

describe('the local media store', () => {
  let parent: string;
  let root: string;
  let store: LocalMediaStore;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'dunlin-store-'));
    root = join(parent, 'media');
    store = new LocalMediaStore(root);
  });
  afterEach(() => rm(parent, { recursive: true }));

  /** What is there under an id; null for nothing. */
  const read = async (name: string): Promise<string | null> => {
    const object = await store.open(id(name), 'original');
    return object && (await buffer(object.stream)).toString();
  };

  it('gives back what was put, whole and in part', async () => {
    await store.put(id('a1'), 'original', Buffer.from('0123456789'));
    expect(await read('a1')).toBe('0123456789');
    const part = await store.open(id('a1'), 'original', { start: 2, end: 4 });
    expect(part?.size).toBe(10);
    expect(part && (await buffer(part.stream)).toString()).toBe('234');
  });

  it('keeps what was put first', async () => {
    await store.put(id('a1'), 'original', Buffer.from('first'));
    await store.put(id('a1'), 'original', Buffer.from('second'));
    expect(await read('a1')).toBe('first');
  });

  it('has nothing that was not put, and nothing after it was deleted', async () => {
    expect(await store.open(id('a1'), 'original')).toBeNull();
    await store.put(id('a1'), 'original', Buffer.from('x'));
    expect(await store.open(id('a1'), 'thumbnail')).toBeNull();
    await store.delete(id('a1'));
    await store.delete(id('a1'));
    expect(await store.open(id('a1'), 'original')).toBeNull();
  });

  it.each(['../../secret', '..', 'a/b', 'a\\b', 'a\0b', 'a.b', '', 'x'.repeat(65)])(
    'finds and writes nothing by the id %j',
    async (evil) => {
      await writeFile(join(parent, 'secret'), 'secret');
      expect(await store.open(id(evil), 'original')).toBeNull();
      await expect(store.put(id(evil), 'original', Buffer.from('x'))).rejects.toThrow('Not a media id');
      await store.delete(id(evil));
      expect((await readdir(parent)).filter((name) => name !== 'media')).toEqual(['secret']);
    },
  );

  it('follows no link out of its folder', async () => {
    await store.put(id('a1'), 'original', Buffer.from('x'));
    await store.delete(id('a1'));
    await writeFile(join(parent, 'secret'), 'secret');
    await symlink(join(parent, 'secret'), join(root, objectName(id('a1'), 'original')));
    await expect(store.open(id('a1'), 'original')).rejects.toThrow('ELOOP');
  });

  it('leaves nothing half-written, and says when it cannot be written to', async () => {
    await store.put(id('a1'), 'original', Buffer.from('x'));
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
    await expect(store.check()).resolves.toBeUndefined();
    await writeFile(join(parent, 'file'), '');
    await expect(new LocalMediaStore(join(parent, 'file')).check()).rejects.toThrow();
  });

  it('throws away at the start what a killed process left half-written, once nobody can be writing it any more', async () => {
    await store.put(id('a1'), 'original', Buffer.from('x'));
    const incoming = join(root, 'incoming');
    const [old, recent, foreign] = [newId(), newId(), 'notes.txt'];
    const yesterday = Date.now() / 1000 - 25 * 3600;
    for (const name of [old, recent, foreign]) await writeFile(join(incoming, name), 'half');
    for (const name of [old, foreign]) await utimes(join(incoming, name), yesterday, yesterday);
    await store.onApplicationBootstrap();
    expect((await readdir(incoming)).sort()).toEqual([recent, foreign].sort());
    expect(await read('a1')).toBe('x');
    await rm(root, { recursive: true });
    await expect(store.onApplicationBootstrap()).resolves.toBeUndefined();
  });

  // Node's own way never comes back from there, and each try keeps a thread busy
  (process.platform === 'linux' ? it : it.skip)('says when its folder is where nobody can make one', async () => {
    const nowhere = new LocalMediaStore('/proc/nowhere/media');
    await expect(nowhere.check()).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nowhere.put(id('a1'), 'original', Buffer.from('x'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is there again when its folder was taken away', async () => {
    await rm(root, { recursive: true, force: true });
    await Promise.all([store.check(), ...['a1', 'a2'].map((one) => store.put(id(one), 'original', Buffer.from('x')))]);
    await rm(root, { recursive: true });
    await store.check();
    await store.put(id('a1'), 'original', Buffer.from('x'));
    expect(await read('a1')).toBe('x');
  });

  it('spreads ids that begin alike over many folders', () => {
    const folders = new Set(
      Array.from({ length: 200 }, (_, n) => objectName(id(`0190abcd${n}`), 'original').slice(0, 5)),
    );
    expect(folders.size).toBeGreaterThan(190);
  });
});
