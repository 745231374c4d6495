import { everything, type User } from '@dunlin/sdk';
import { useDunlin } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { collect } from '../ui/collect.js';
import { useLoaded, type Failure } from '../ui/use-loaded.js';

/** Whom one may add to a group, by name. */
export function useFriends(): [friends: readonly User[] | undefined, failure: Failure | undefined] {
  const { friends } = useDunlin();
  const load = useCallback(async () => {
    const all = await collect(everything((page) => friends.list(page)));
    return all.map(({ user }) => user).sort((a, b) => a.displayName.localeCompare(b.displayName));
  }, [friends]);
  const [people, , failure] = useLoaded(load);
  return [people, failure];
}
