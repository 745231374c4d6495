import { useTranslation } from 'react-i18next';
import { usePerson } from '../people/use-person.js';
import { isolated } from '../ui/isolated.js';

/** That somebody writes; in a group, who. */
export function TypingText({ userIds, inGroup }: { userIds: readonly string[]; inGroup: boolean }) {
  const { t } = useTranslation();
  const name = usePerson(inGroup && userIds.length === 1 ? userIds[0] : null)?.displayName;
  const text = name
    ? t('conversations.typingOne', { name: isolated(name) })
    : inGroup && userIds.length > 1
      ? t('conversations.typingMany', { count: userIds.length })
      : t('conversations.typing');
  return <span className="text-good">{text}</span>;
}
