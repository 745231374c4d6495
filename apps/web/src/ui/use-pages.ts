import type { Page, PageQuery } from '@dunlin/sdk';
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useLoaded, type Failure } from './use-loaded.js';

interface Pages<T> {
  /** Undefined until the server has answered; until the next answer comes, they are those of the one before. */
  readonly items: readonly T[] | undefined;
  /** Brings the next page; undefined at the end. */
  readonly more: (() => Promise<void>) | undefined;
  /** As many pages as there are, anew. */
  readonly reload: () => void;
  readonly failure: Failure | undefined;
}

/** A list that comes page by page. @param list keep it the same (`useCallback`) until it asks for something else */
export function usePages<T>(list: (page: PageQuery) => Promise<Page<T>>): Pages<T> {
  const read = useMemo(() => ({ list, pages: 1 }), [list]);
  const [head, reload, failure] = useLoaded(
    useCallback(async () => {
      let all = await read.list({});
      for (let page = 1; page < read.pages && all.nextCursor !== null; page++) all = await following(read.list, all);
      return { all, read };
    }, [read]),
  );
  const [grown, setGrown] = useState<{ from: typeof head; all: Page<T> }>();
  const all = grown && grown.from === head ? grown.all : head?.all;
  const current = head?.read === read;
  const newest = useRef(head);
  useLayoutEffect(() => {
    newest.current = head;
  }, [head]);
  const more = async (): Promise<void> => {
    if (!all) return;
    const longer = await following(read.list, all);
    read.pages++;
    // what it was to be added to is no longer shown
    if (newest.current !== head) return newest.current?.read === read ? reload() : undefined;
    setGrown({ from: head, all: longer });
  };
  // what was found before is no answer to what failed, and that nothing was is none to anything else
  const items = !current && (failure || all?.items.length === 0) ? undefined : all?.items;
  return { items, more: current && all?.nextCursor != null ? more : undefined, reload, failure };
}

async function following<T>(list: (page: PageQuery) => Promise<Page<T>>, before: Page<T>): Promise<Page<T>> {
  const { items, nextCursor } = await list({ cursor: before.nextCursor as string });
  return { items: [...before.items, ...items], nextCursor };
}
