import type { DunlinClient, User } from '@dunlin/sdk';
import { useDunlin, useEvent, useSession } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';
import { useReturns } from '../ui/use-returns.js';

const asked = new WeakMap<DunlinClient, Map<string, Promise<User | null>>>();

/** Those who were asked for, kept up with though nobody shows them just now. */
function peopleOf(client: DunlinClient): Map<string, Promise<User | null>> {
  const known = asked.get(client);
  if (known) return known;
  const all = new Map<string, Promise<User | null>>();
  asked.set(client, all);
  client.on('profile:updated', (user) => all.has(user.id) && all.set(user.id, Promise.resolve(user)));
  // what changes while there is no connection is not told; until it is back, what was known has to do
  let away = false;
  client.connection.subscribe(() => {
    const { status } = client.connection.getSnapshot();
    if (status === 'online' && away) all.clear();
    away = status === 'offline' || (away && status !== 'online');
  });
  return all;
}

/** Asked once in a connection; somebody who cannot be had is asked for again the next time. */
export function personOf(client: DunlinClient, userId: string): Promise<User | null> {
  const all = peopleOf(client);
  const known = all.get(userId);
  if (known) return known;
  const answer: Promise<User | null> = client.users.get(userId).catch(() => {
    if (all.get(userId) === answer) all.delete(userId);
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
  const returns = useReturns();
  useEffect(() => {
    if (!userId || own) return;
    let over = false;
    void personOf(client, userId).then((found) => over || (found && setPerson(found)));
    return () => {
      over = true;
    };
  }, [client, userId, own, returns]);
  useEvent('profile:updated', (news) => news.id === userId && setPerson(news));
  if (own) return me;
  return person?.id === userId ? person : null;
}
