import type { GroupCard } from '@dunlin/sdk';
import { useDunlin, useEvent } from '@dunlin/sdk/react';
import { UserPlus } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReturns } from '../ui/use-returns.js';
import { leads } from './leads.js';

/** Over a thread: how many wait for those who lead the group. */
export function WaitingBar({ group, onOpen }: { group: GroupCard; onOpen: () => void }) {
  const { t } = useTranslation();
  const { joinRequests } = useDunlin().groups;
  const [waiting, setWaiting] = useState(0);
  const { id } = group;
  const mine = leads(group);
  /** Counts what was asked and told: an answer that something else has overtaken says nothing any more. */
  const turn = useRef(0);
  const look = useCallback(() => {
    const mineToTell = ++turn.current;
    // a hint: the panel says what is wrong if it cannot be asked for
    joinRequests.list(id, { limit: 100 }).then(
      ({ items }) => mineToTell === turn.current && setWaiting(items.length),
      () => undefined,
    );
  }, [joinRequests, id]);
  const returns = useReturns();
  useEffect(() => (mine ? look() : setWaiting(0)), [look, mine, returns]);
  useEvent('group:requests', (news) => {
    if (news.groupId !== id) return;
    turn.current++;
    setWaiting(news.waiting);
  });
  useEvent('group:updated', (card) => card.id === id && leads(card) && look());
  if (!mine || waiting === 0) return null;
  return (
    <button
      type="button"
      onClick={onOpen}
      className="flex items-center justify-center gap-2 border-b border-line bg-raised px-4 py-2 text-sm font-medium text-accent -outline-offset-2"
    >
      <UserPlus aria-hidden="true" className="size-4" />
      {t('groups.waiting', { count: waiting })}
    </button>
  );
}
