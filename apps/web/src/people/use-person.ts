import type { DunlinClient, User } from '@dunlin/sdk';
import { useDunlin, useEvent, useSession } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';

const asked = new WeakMap<DunlinClient, Map<string, Promise<User | null>>>();

/** Asked once a page; somebody who cannot be had is asked for again the next time. */
export function personOf(client: DunlinClient, userId: string): Promise<User | null> {
  const all = asked.get(client) ?? new Map<string, Promise<User | null>>();
  asked.set(client, all);
  const known = all.get(userId);
  if (known) return known;
  const answer = client.users.get(userId).catch(() => {
    all.delete(userId);
    return null;
  });
  all.set(userId, answer);
  return answer;
}

/** Somebody's profile; null while it is not known. @param userId null for nobody */
export function usePerson(userId: string | null | undefined): User | null {
  const client = useDunlin();
  const me = useSession().user;
  const [person, setPerson] = useState<User | null>(null);
  const own = me !== null && me.id === userId;
  useEffect(() => {
    if (!userId || own) return;
    let over = false;
    void personOf(client, userId).then((found) => over || setPerson(found));
    return () => {
      over = true;
    };
  }, [client, userId, own]);
  useEvent('profile:updated', (news) => {
    if (news.id !== userId) return;
    asked.get(client)?.set(news.id, Promise.resolve(news));
    setPerson(news);
  });
  if (own) return me;
  return person?.id === userId ? person : null;
}
