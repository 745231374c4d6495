import type { DunlinClient, User } from '@dunlin/sdk';
import { useDunlin, useEvent, useSession } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';
import { useReturns } from '../ui/use-returns.js';

interface People {
  readonly asked: Map<string, Promise<User | null>>;
  /** As they were the last time, for when they cannot be had. */
  readonly last: Map<string, User>;
}

const people = new WeakMap<DunlinClient, People>();

/** Those who were asked for, kept up with though nobody shows them just now. */
function peopleOf(client: DunlinClient): People {
  const known = people.get(client);
  if (known) return known;
  const all: People = { asked: new Map(), last: new Map() };
  const { asked, last } = all;
  people.set(client, all);
  client.on('profile:updated', (user) => {
    if (last.has(user.id)) last.set(user.id, user);
    if (asked.has(user.id)) asked.set(user.id, Promise.resolve(user));
  });
  // what changes while there is no connection is not told; until it is back, what was known has to do
  let away = false;
  client.connection.subscribe(() => {
    const { status } = client.connection.getSnapshot();
    if (status === 'online' && away) asked.clear();
    away = status === 'offline' || (away && status !== 'online');
  });
  return all;
}

/** Asked once in a connection; somebody who cannot be had is asked for again the next time. */
export function personOf(client: DunlinClient, userId: string): Promise<User | null> {
  const { asked, last } = peopleOf(client);
  const known = asked.get(userId);
  if (known) return known;
  const answer: Promise<User | null> = client.users.get(userId).then(
    (user) => {
      last.set(userId, user);
      return user;
    },
    () => {
      if (asked.get(userId) === answer) asked.delete(userId);
      return last.get(userId) ?? null;
    },
  );
  asked.set(userId, answer);
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
