import type { Page } from '@dunlin/contracts/wire';

export interface PageQuery {
  /** 1–100; default 50. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/**
 * Every item of a list, page by page as they are asked for: `for await (const friend of everything((q) => client.friends.list(q)))`.
 * @throws DunlinError what a page fails with
 */
export async function* everything<T>(list: (query: PageQuery) => Promise<Page<T>>): AsyncGenerator<T, void, undefined> {
  for (let cursor: string | undefined; ;) {
    const page = await list(cursor === undefined ? { limit: 100 } : { limit: 100, cursor });
    yield* page.items;
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}

/**
 * An id as a part of a path. One with half a character in it, which cannot be sent, is nobody's with another; what is no id
 * leaves a gap, for which no path is asked.
 */
export const segment = (id: string): string =>
  typeof id === 'string' ? encodeURIComponent(id.replace(/[\ud800-\udfff]/gu, '\ufffd')) : '';
