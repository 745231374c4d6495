import type { ChatMessage, Message } from '@dunlin/sdk';
import { useTranslation } from 'react-i18next';
import { usePerson } from '../people/use-person.js';
import { isolated } from '../ui/isolated.js';

const KNOWN = [
  'created',
  'member_joined',
  'member_left',
  'member_kicked',
  'renamed',
  'owner_changed',
  'role_changed',
  'avatar_changed',
] as const;

/** What happened in a group, as a sentence; null for what no such message says. */
export function useSystemText({ content, senderId }: ChatMessage | Message): string | null {
  const { t } = useTranslation();
  const event = 'event' in content ? content : null;
  const actor = usePerson(event && senderId)?.displayName ?? '…';
  const subject = usePerson(event?.userId)?.displayName ?? '…';
  if (!event) return null;
  const words = { actor: isolated(actor), subject: isolated(subject), name: isolated(event.name ?? '') };
  const kind = KNOWN.find((one) => one === event.event) ?? 'changed';
  if (kind !== 'member_joined') return t(`thread.events.${kind}`, words);
  return t(
    event.userId === undefined || event.userId === senderId ? 'thread.events.joined' : 'thread.events.added',
    words,
  );
}
