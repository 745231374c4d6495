import { everything, ROLES, type Member } from '@dunlin/sdk';
import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { useCallback } from 'react';
import { collect } from '../ui/collect.js';
import { useLoaded, type Failure } from '../ui/use-loaded.js';

/** Who is in a group, those who lead it first; kept up with. */
export function useMembers(
  groupId: string,
): [members: readonly Member[] | undefined, reload: () => void, failure: Failure | undefined] {
  const { members } = useDunlin().groups;
  const [all, reload, failure] = useLoaded(
    useCallback(async () => {
      const found = await collect(everything((page) => members.list(groupId, page)));
      return found.sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role));
    }, [members, groupId]),
  );
  useEvent('group:updated', ({ id }) => id === groupId && reload());
  useEvent('profile:updated', ({ id }) => all?.some(({ user }) => user.id === id) && reload());
  return [all, reload, failure];
}
