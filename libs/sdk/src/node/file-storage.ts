import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Storage } from '../storage/storage.js';

const SUFFIX = '.value';

/** A folder with a file for each value. One process at a time uses it; what it has set is on the disk. */
export class FileStorage implements Storage {
  private readonly made: Promise<unknown>;
  private temporary = 0;

  /** @param folder is made when it is missing, readable for its owner only */
  constructor(private readonly folder: string) {
    this.made = mkdir(folder, { recursive: true, mode: 0o700 });
    this.made.catch(() => undefined); // told by the first use
  }

  async get<T>(key: string): Promise<T | undefined> {
    await this.made;
    return this.read<T>(this.fileOf(key));
  }

  async set(key: string, value: unknown): Promise<void> {
    await this.made;
    const file = this.fileOf(key);
    const temporary = `${file}.${process.pid}.${this.temporary++}`;
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(serialize(value));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  }

  async delete(key: string): Promise<void> {
    await this.made;
    await rm(this.fileOf(key), { force: true });
  }

  async entries<T>(prefix: string): Promise<[string, T][]> {
    await this.made;
    const keys = (await readdir(this.folder))
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => decodeURIComponent(name.slice(0, -SUFFIX.length)))
      .filter((key) => key.startsWith(prefix));
    const found: [string, T][] = [];
    for (const key of keys) {
      const value = await this.read<T>(this.fileOf(key));
      if (value !== undefined) found.push([key, value]);
    }
    return found;
  }

  /** What is not there, or was not written by this class, is undefined. */
  private async read<T>(file: string): Promise<T | undefined> {
    try {
      return deserialize(await readFile(file)) as T;
    } catch {
      return undefined;
    }
  }

  private fileOf(key: string): string {
    return join(this.folder, encodeURIComponent(key) + SUFFIX);
  }
}
