import type { ChatMessage } from '@dunlin/sdk';
import { useTranslation } from 'react-i18next';
import { isolated } from '../ui/isolated.js';
import { usePerson } from './use-person.js';

/** What happened in a group, as a sentence. */
export function SystemLine({ message }: { message: ChatMessage }) {
  const { t } = useTranslation();
  const { content, senderId } = message;
  const event = 'event' in content ? content : null;
  const actor = usePerson(senderId)?.displayName ?? '…';
  const subject = usePerson(event?.userId)?.displayName ?? '…';
  if (!event) return null;
  const itself = event.userId === undefined || event.userId === senderId;
  const known = ['created', 'member_joined', 'member_left', 'member_kicked', 'renamed', 'owner_changed'] as const;
  const kind = known.find((one) => one === event.event);
  const words = { actor: isolated(actor), subject: isolated(subject), name: isolated(event.name ?? '') };
  const text =
    kind === 'member_joined'
      ? t(itself ? 'thread.events.joined' : 'thread.events.added', words)
      : t(`thread.events.${kind ?? 'changed'}`, words);
  return (
    <p className="mx-auto my-1 w-fit rounded-full bg-raised px-3 py-1 text-center text-xs [overflow-wrap:anywhere] text-soft">
      {text}
    </p>
  );
}
