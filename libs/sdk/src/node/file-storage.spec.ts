import { mkdir, mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageArea } from '../storage/storage.js';
import { FileStorage } from './file-storage.js';

describe('A folder of values', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-files-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const halfWritten = (key: string, pid: number): Promise<void> =>
    writeFile(join(folder, `${encodeURIComponent(key)}.value.${pid}.0`), 'half of a secr');

  it('rids itself of what a process that was killed was writing, of its own number too', async () => {
    await new FileStorage(folder).set('kept', 1);
    await halfWritten('account:ann:outbox:1', 4_000_000);
    await halfWritten('account:ann:outbox:2', process.pid);
    await writeFile(join(folder, 'somebody.else'), '');
    expect(await new FileStorage(folder).get('kept')).toBe(1);
    expect((await readdir(folder)).sort()).toEqual(['kept.value', 'somebody.else']);
  });

  it('holds nothing of an account that was cleared, though a process was killed meanwhile', async () => {
    const files = new FileStorage(folder);
    await files.set('account:ann:cache', 'secret');
    await halfWritten('account:ann:outbox:1', 4_000_000);
    await new StorageArea(files, 'account:ann:').clear();
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps what several clients write at once, while others open it and clear up', async () => {
    const clients = [new FileStorage(folder), new FileStorage(folder)];
    const writes = clients.flatMap((files, client) =>
      Array.from({ length: 40 }, (_, index) => files.set(`${client}-${index}`, 'x'.repeat(1000) + index)),
    );
    writes.push(...clients.map((files, client) => files.set('same', client)));
    for (let turn = 0; turn < 20; turn++) await new FileStorage(folder).entries('');
    await Promise.all(writes);
    const found = await new FileStorage(folder).entries<string>('');
    expect(found.filter(([key, value]) => value === 'x'.repeat(1000) + key.split('-')[1])).toHaveLength(80);
    expect(await readdir(folder)).toHaveLength(81);
  });

  it('writes again what another process took for left behind', async () => {
    const files = new FileStorage(folder);
    await files.get('');
    let writing = true;
    const writes = Promise.all(Array.from({ length: 200 }, (_, index) => files.set(`k${index}`, index)));
    void writes.finally(() => (writing = false));
    let taken = 0;
    while (writing && taken < 20)
      for (const name of await readdir(folder))
        if (!name.endsWith('.value'))
          await unlink(join(folder, name)).then(
            () => taken++,
            () => undefined,
          );
    await writes;
    expect(await files.entries('')).toHaveLength(200);
    expect(taken).toBeGreaterThan(0);
  });

  it('keeps the order of what is done with one key, though nobody waits for it', async () => {
    const files = new FileStorage(folder);
    const all: Promise<unknown>[] = [];
    for (let turn = 0; turn < 20; turn++) {
      all.push(files.set(`gone-${turn}`, 'a draft'), files.delete(`gone-${turn}`));
      const value = { text: 'x'.repeat(100_000) };
      all.push(files.set(`newest-${turn}`, value));
      value.text = 'changed later';
      all.push(files.set(`newest-${turn}`, { text: 'new' }));
    }
    expect(await files.get('newest-0')).toEqual({ text: 'new' });
    const found = await files.entries<{ text: string }>('');
    await Promise.all(all);
    expect(found.map(([key]) => key).filter((key) => key.startsWith('gone'))).toEqual([]);
    expect(found.map(([, { text }]) => text)).toEqual(Array.from({ length: 20 }, () => 'new'));
  });

  it('holds nothing of an account that was cleared, of what cannot be read neither', async () => {
    await writeFile(join(folder, `${encodeURIComponent('account:ann:cache')}.value`), 'damaged');
    await new StorageArea(new FileStorage(folder), 'account:ann:').clear();
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not take what cannot be read just now for what is not there', async () => {
    const files = new FileStorage(folder);
    expect(await files.get('session')).toBeUndefined();
    await mkdir(join(folder, 'session.value'));
    await expect(files.get('session')).rejects.toMatchObject({ code: 'EISDIR' });
    await writeFile(join(folder, 'damaged.value'), 'damaged');
    expect(await files.get('damaged')).toBeUndefined();
    await files.set('kept', 1);
    expect(await files.entries('')).toEqual([['kept', 1]]);
  });

  it('leaves nothing of what could not be written', async () => {
    const files = new FileStorage(folder);
    await expect(files.set('key', () => undefined)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
  });
});
