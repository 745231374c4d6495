import type { GroupCard, JoinPolicy } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import { newId } from '../platform/ids.js';

export interface Founding {
  name: string;
  joinPolicy: JoinPolicy;
  memberIds?: string[];
  clientGroupId?: string;
}

/** The ids of foundings: one that failed may have been done, and has the same id when it is asked for again. */
export class Foundings {
  /** By what is founded. */
  private readonly failed = new Map<string, string>();

  /** @throws DunlinError what `send` throws */
  async run(input: Founding, send: (named: Founding) => Promise<GroupCard>): Promise<GroupCard> {
    const founding = { ...input };
    if (founding.clientGroupId !== undefined) return send(founding);
    const key = keyOf(founding);
    const clientGroupId = this.failed.get(key) ?? newId();
    // of two that are under way at once each is one of its own
    this.failed.delete(key);
    try {
      return await send({ ...founding, clientGroupId });
    } catch (error) {
      // the group was there, and is gone
      if (DunlinError.from(error).code !== 'not_found') this.failed.set(key, clientGroupId);
      throw error;
    }
  }
}

const keyOf = ({ name, joinPolicy, memberIds = [] }: Founding): string =>
  JSON.stringify([name, joinPolicy, [memberIds].flat().sort()]);
