import { everything, type DunlinClient } from '@dunlin/sdk';
import { useConnection, useDunlin, useEvent, useSession } from '@dunlin/sdk/react';
import { useEffect, useState } from 'react';
import { collect } from '../ui/collect.js';

/** Whose friends were listed, and who they are. */
interface Known {
  readonly me: string;
  readonly friends: Promise<Set<string>>;
}

const known = new WeakMap<DunlinClient, Known>();

/** One's friends are listed once a page and kept up with by events, which do not come without a connection. */
function friendsOf(client: DunlinClient, me: string): Promise<Set<string>> {
  const before = known.get(client);
  if (before?.me === me) return before.friends;
  const friends = collect(everything((page) => client.friends.list(page))).then(
    (all) => new Set(all.map(({ user }) => user.id)),
  );
  known.set(client, { me, friends });
  const forget = (): void => {
    if (known.get(client)?.friends === friends) known.delete(client);
    for (const stop of stops) stop();
  };
  const stops = [
    client.on('friend:added', ({ user }) => void friends.then((all) => all.add(user.id), forget)),
    client.on('friend:removed', ({ userId }) => void friends.then((all) => all.delete(userId), forget)),
    client.on('session:ended', forget),
    client.connection.subscribe(() => {
      if (client.connection.getSnapshot().status === 'offline') forget();
    }),
  ];
  friends.catch(forget);
  return friends;
}

/** Whether somebody is one's friend; undefined while that is not known for certain. @param userId undefined for nobody */
export function useBefriended(userId: string | undefined): boolean | undefined {
  const client = useDunlin();
  const me = useSession().user?.id ?? '';
  const online = useConnection().status === 'online';
  const [answer, setAnswer] = useState<{ userId: string; befriended: boolean }>();
  const [round, setRound] = useState(0);
  const again = (about: string): void => {
    if (about === userId) setRound(round + 1);
  };
  useEvent('friend:added', ({ user }) => again(user.id));
  useEvent('friend:removed', (removed) => again(removed.userId));
  useEffect(() => {
    if (!userId || !online) return;
    let over = false;
    friendsOf(client, me).then(
      (all) => over || setAnswer({ userId, befriended: all.has(userId) }),
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [client, me, userId, online, round]);
  return answer?.userId === userId && online ? answer?.befriended : undefined;
}
