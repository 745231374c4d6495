import { CloudOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.js';

interface TroubleProps {
  /** What is wrong, in a sentence. */
  readonly text: string;
  /** It is being tried again. */
  readonly busy?: boolean;
  /** On the button, if it is not to try again. */
  readonly action?: string;
  readonly onRetry: () => void;
}

/** In the place of what could not be loaded. */
export function Trouble({ text, busy = false, action, onRetry }: TroubleProps) {
  const { t } = useTranslation();
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-8 text-center text-sm text-soft">
      <CloudOff aria-hidden="true" className="size-8 opacity-70" />
      <p>{text}</p>
      <Button busy={busy} onClick={onRetry}>
        {action ?? t('common.retry')}
      </Button>
    </div>
  );
}
