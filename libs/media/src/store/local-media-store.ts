import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { MediaStore, type MediaId, type StoredObject, type Variant } from '@dunlin/contracts';
import { newId } from '@dunlin/platform';
import { isObjectId, objectName } from './object-name.js';

/** Longer than any upload takes. */
const ABANDONED_MS = 24 * 3600 * 1000;
/** An id as `newId` makes them. */
const TEMPORARY = /^[0-9a-f]{32}$/;

const isMissing = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
};

/** A rename is durable only when its folder is: fsync(2) says so of directory entries. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** @returns false when it is there */
async function makeOne(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Makes a folder and those above it. Node's own way, `recursive`, may keep a thread busy for ever (nodejs/node#31481), and a
 * synchronous one would wait for a slow disk with everybody.
 * @returns false when it is there
 * @throws Error of the file system, also when the drive at the beginning of the path is not there
 */
async function makeFolder(path: string): Promise<boolean> {
  try {
    return await makeOne(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    return makeOne(path);
  }
}

/** Objects as files below one folder of the local disk. */
export class LocalMediaStore extends MediaStore implements OnApplicationBootstrap {
  private readonly logger = new Logger(LocalMediaStore.name);
  private readonly root: string;

  /** @param root the folder; made when it is not there. */
  constructor(root: string) {
    super();
    this.root = resolve(root);
  }

  /** What a process that was killed was writing stays behind; other gateways may be writing here right now. */
  async onApplicationBootstrap(): Promise<void> {
    const incoming = join(this.root, 'incoming');
    try {
      for (const entry of await readdir(incoming, { withFileTypes: true })) {
        const path = join(incoming, entry.name);
        if (!entry.isFile() || !TEMPORARY.test(entry.name)) continue;
        if ((await stat(path)).mtimeMs < Date.now() - ABANDONED_MS) await rm(path, { force: true });
      }
    } catch (error) {
      // no reason not to start: whether it can be written to is told elsewhere
      if (!isMissing(error)) this.logger.warn('Half-written files could not be thrown away', { err: error as Error });
    }
  }

  async put(id: MediaId, variant: Variant, bytes: Buffer): Promise<void> {
    const path = this.pathOf(id, variant);
    await this.makeFolders(dirname(path));
    if (await this.exists(path)) return syncFolder(dirname(path));
    const temporary = join(this.root, 'incoming', newId());
    try {
      const file = await open(temporary, 'wx', 0o640);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  }

  async open(id: MediaId, variant: Variant, range?: { start: number; end: number }): Promise<StoredObject | null> {
    if (!isObjectId(id)) return null;
    try {
      const file = await open(this.pathOf(id, variant), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        const { size } = await file.stat();
        return { stream: file.createReadStream({ ...range, autoClose: true }), size };
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async delete(id: MediaId): Promise<void> {
    if (!isObjectId(id)) return;
    for (const variant of ['original', 'thumbnail'] as const) await rm(this.pathOf(id, variant), { force: true });
  }

  async check(): Promise<void> {
    const incoming = join(this.root, 'incoming');
    await makeFolder(incoming);
    await access(incoming, constants.W_OK | constants.X_OK);
    await access(this.root, constants.W_OK | constants.X_OK);
  }

  private pathOf(id: MediaId, variant: Variant): string {
    const path = resolve(this.root, objectName(id, variant));
    // objectName cannot leave the root; this holds even if it is changed one day
    if (!path.startsWith(this.root + sep)) throw new RangeError('Outside of the media folder');
    return path;
  }

  private async makeFolders(folder: string): Promise<void> {
    await makeFolder(join(this.root, 'incoming'));
    if (!(await makeFolder(folder))) return;
    await syncFolder(dirname(folder));
    await syncFolder(this.root);
  }

  private async exists(path: string): Promise<boolean> {
    try {
      await stat(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
}
