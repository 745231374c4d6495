import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Storage } from '../storage/storage.js';

const SUFFIX = '.value';
const TEMPORARY = /\.value\.\d+\.\d+$/;

/** What is being written by any storage of this process, by path; under a number that none of them has twice. */
const writing = new Set<string>();
let written = 0;

/** A folder with a file for each value. One process at a time uses it; what it has set is on the disk. */
export class FileStorage implements Storage {
  private readonly made: Promise<unknown>;
  /** By file: what is done with it. The next waits for it. */
  private readonly turns = new Map<string, Promise<unknown>>();

  /** @param folder is made when it is missing, readable for its owner only */
  constructor(private readonly folder: string) {
    this.made = mkdir(folder, { recursive: true, mode: 0o700 }).then(() => this.tidyNames());
    this.made.catch(() => undefined); // told by the first use
  }

  async get<T>(key: string): Promise<T | undefined> {
    return this.inTurn(key, (file) => this.read<T>(file));
  }

  async set(key: string, value: unknown): Promise<void> {
    const bytes = serialize(value); // as it is now, whatever it waits for
    await this.inTurn(key, async (file) => {
      while (!(await this.write(file, bytes)));
      await this.writeNames();
    });
  }

  async delete(key: string): Promise<void> {
    await this.inTurn(key, (file) => rm(file, { force: true }));
  }

  async entries<T>(prefix: string): Promise<[string, T][]> {
    const found: [string, T][] = [];
    for (const key of await this.keys(prefix)) {
      // one that cannot be read does not keep the others from it
      const value = await this.read<T>(this.fileOf(key)).catch(() => undefined);
      if (value !== undefined) found.push([key, value]);
    }
    return found;
  }

  async keys(prefix: string): Promise<string[]> {
    await this.made;
    await Promise.allSettled(this.turns.values());
    return (await this.tidyNames())
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => decodeURIComponent(name.slice(0, -SUFFIX.length)))
      .filter((key) => key.startsWith(prefix));
  }

  private inTurn<T>(key: string, work: (file: string) => Promise<T>): Promise<T> {
    const file = this.fileOf(key);
    const turn = Promise.allSettled([this.turns.get(file)]).then(async () => {
      await this.made;
      return work(file);
    });
    this.turns.set(file, turn);
    const done = (): void => void (this.turns.get(file) === turn && this.turns.delete(file));
    turn.then(done, done);
    return turn;
  }

  /** @returns false when another process took it for one that was left behind */
  private async write(file: string, bytes: Uint8Array): Promise<boolean> {
    const temporary = `${file}.${process.pid}.${written++}`;
    writing.add(temporary);
    try {
      const handle = await open(temporary, 'w', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      return await rename(temporary, file).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return false;
          throw error;
        },
      );
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      writing.delete(temporary);
    }
  }

  /** That a file has its name now is on the disk, where the system lets a folder be written. */
  private async writeNames(): Promise<void> {
    const names = await open(this.folder, 'r').catch(() => undefined);
    await names?.sync().catch(() => undefined);
    await names?.close();
  }

  /** The names in the folder, once what a process that was killed was writing is gone. */
  private async tidyNames(): Promise<string[]> {
    const names = await readdir(this.folder);
    const left = names.filter((name) => TEMPORARY.test(name)).map((name) => join(this.folder, name));
    for (const path of left) if (!writing.has(path)) await rm(path, { force: true }).catch(() => undefined);
    return names;
  }

  /** What is not there, or was not written by this class, is undefined. @throws what it cannot be read for just now */
  private async read<T>(file: string): Promise<T | undefined> {
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    try {
      return bytes && (deserialize(bytes) as T);
    } catch {
      return undefined;
    }
  }

  private fileOf(key: string): string {
    return join(this.folder, encodeURIComponent(key) + SUFFIX);
  }
}
