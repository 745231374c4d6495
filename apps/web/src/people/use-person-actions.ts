import type { User } from '@dunlin/sdk';
import { useConversations, useDunlin } from '@dunlin/sdk/react';
import { Ban, Check, CircleSlash, MessageCircle, Undo2, UserMinus, UserPlus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Action } from '../ui/action-menu.js';
import { useConfirm, type Question } from '../ui/confirm.js';
import { isolated } from '../ui/isolated.js';
import { useAction } from '../ui/use-action.js';
import type { Tie } from './tie.js';

interface PersonActions {
  /** What is wanted most. */
  readonly first: readonly Action[];
  readonly more: readonly Action[];
  readonly busy: boolean;
}

interface Wishes {
  /** The tie is another now, or was another than shown. */
  readonly onChange: () => void;
  /** To be asked for a few words before the request is sent. */
  readonly onRequest: () => void;
  /** It is open already, so there is no way to it. */
  readonly opened?: boolean;
}

/** What can be done about somebody, by what one is to them. */
export function usePersonActions(
  user: User,
  tie: Tie | undefined,
  { onChange, onRequest, opened = false }: Wishes,
): PersonActions {
  const { t } = useTranslation();
  const { friends, blocks, conversations } = useDunlin();
  const known = useConversations().find(({ peer }) => peer?.id === user.id);
  const confirm = useConfirm();
  const [, navigate] = useLocation();
  const [run, busy] = useAction();
  const name = isolated(user.displayName);

  const change = async (work: () => Promise<unknown>, question?: Question): Promise<void> => {
    if (question && !(await confirm(question))) return;
    await run(work);
    onChange();
  };
  const open = async (): Promise<void> => {
    const { id } = known ?? (await conversations.openDirect(user.id));
    navigate(`/c/${id}`);
  };
  const message: Action[] = opened
    ? []
    : [{ text: t('people.message'), icon: MessageCircle, act: () => void run(open) }];
  // what was written can still be read
  const read = known ? message : [];
  const block: Action = {
    text: t('people.block'),
    icon: Ban,
    destructive: true,
    act: () =>
      void change(() => blocks.add(user.id), {
        title: t('people.confirmBlock', { name }),
        text: t('people.confirmBlockText'),
        action: t('people.block'),
        destructive: true,
      }),
  };
  const remove: Action = {
    text: t('people.remove'),
    icon: UserMinus,
    destructive: true,
    act: () =>
      void change(() => friends.remove(user.id), {
        title: t('people.confirmRemove', { name }),
        text: t('people.confirmRemoveText'),
        action: t('people.remove'),
        destructive: true,
      }),
  };

  switch (tie?.kind) {
    case 'friend':
      return { first: message, more: [remove, block], busy };
    case 'incoming': {
      const { id } = tie.request;
      const accept = { text: t('people.accept'), icon: Check, act: () => void change(() => friends.accept(id)) };
      const decline = { text: t('people.decline'), icon: X, act: () => void change(() => friends.decline(id)) };
      return { first: [accept, decline], more: [...read, block], busy };
    }
    case 'outgoing': {
      const { id } = tie.request;
      const withdraw = { text: t('people.withdraw'), icon: Undo2, act: () => void change(() => friends.withdraw(id)) };
      return { first: [withdraw], more: [...read, block], busy };
    }
    case 'blocked': {
      const lift = () => void change(() => blocks.remove(user.id));
      return { first: [{ text: t('people.unblock'), icon: CircleSlash, act: lift }], more: read, busy };
    }
    case 'none':
      return { first: [{ text: t('people.request'), icon: UserPlus, act: onRequest }], more: [...read, block], busy };
    default:
      return { first: [], more: [], busy };
  }
}
