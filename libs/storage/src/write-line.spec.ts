import { AsyncLocalStorage } from 'node:async_hooks';
import { WriteLine, type Place } from './write-line.js';

describe('The line of writes', () => {
  let now = 0;
  let line: WriteLine;
  let ran: string[];
  let go: () => void;

  beforeEach(() => {
    now = 0;
    ran = [];
    line = new WriteLine(() => now);
    // what is under way while the others come
    void line.run(() => new Promise<void>((resolve) => (go = resolve)));
  });

  const write = (name: string, place?: Place): Promise<void> => line.run(async () => void ran.push(name), place);

  it('lets messages and all else take turns, each in order', async () => {
    for (const name of ['a', 'b', 'c', 'd']) void write(name);
    for (const name of ['1', '2']) void write(name, 'messages');
    await Promise.resolve();
    go();
    await line.idle();
    expect(ran).toEqual(['1', 'a', '2', 'b', 'c', 'd']);
  });

  it('goes on after one that fails, which fails for its caller alone', async () => {
    const failing = line.run(() => Promise.reject(new Error('no')));
    const after = write('after');
    await Promise.resolve();
    go();
    await expect(failing).rejects.toThrow('no');
    await after;
    expect(ran).toEqual(['after']);
  });

  it('is busy while what is next has waited for more than two seconds, but for messages', async () => {
    void write('a');
    now = 2000;
    void write('b');
    now = 2001;
    await expect(write('late')).rejects.toMatchObject({ code: 'busy', retryAfterMs: 1000 });
    const message = write('1', 'messages');
    await Promise.resolve();
    go();
    await message;
    await line.idle();
    expect(ran).toEqual(['1', 'a', 'b']);
    await write('again');
  });

  it('takes what ends a change that it took before, however long the line is, and first', async () => {
    void write('a');
    now = 2001;
    const rest = line.run(async () => void ran.push('rest'), 'ends');
    await Promise.resolve();
    go();
    await rest;
    await line.idle();
    expect(ran).toEqual(['rest', 'a']);
  });

  it('runs each in the context of who asked for it', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    for (const name of ['ann', 'ben'])
      void context.run(name, () => line.run(async () => void seen.push(context.getStore())));
    await Promise.resolve();
    go();
    await line.idle();
    expect(seen).toEqual(['ann', 'ben']);
  });
});
