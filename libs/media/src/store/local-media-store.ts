import { constants } from 'node:fs';
import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { MediaStore, type MediaId, type StoredObject, type Variant } from '@dunlin/contracts';
import { newId } from '@dunlin/platform';
import { isObjectId, objectName } from './object-name.js';

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

/** Objects as files below one folder of the local disk. */
export class LocalMediaStore extends MediaStore {
  private readonly root: string;

  /** @param root the folder; made when it is not there. */
  constructor(root: string) {
    super();
    this.root = resolve(root);
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
    await mkdir(this.root, { recursive: true });
    await access(this.root, constants.W_OK | constants.X_OK);
  }

  private pathOf(id: MediaId, variant: Variant): string {
    const path = resolve(this.root, objectName(id, variant));
    // objectName cannot leave the root; this holds even if it is changed one day
    if (!path.startsWith(this.root + sep)) throw new RangeError('Outside of the media folder');
    return path;
  }

  private async makeFolders(folder: string): Promise<void> {
    await mkdir(join(this.root, 'incoming'), { recursive: true });
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return;
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
