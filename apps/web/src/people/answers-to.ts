import type { User } from '@dunlin/sdk';

/** Whether somebody answers to what is typed: a part of the name or username, without regard to case. */
export function answersTo({ displayName, username }: User, query: string): boolean {
  const wanted = query.trim().toLocaleLowerCase();
  return [displayName, username].some((name) => name.toLocaleLowerCase().includes(wanted));
}
