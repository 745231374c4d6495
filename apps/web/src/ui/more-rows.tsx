import { useEffect, useEffectEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.js';
import { useAction } from './use-action.js';

interface MoreRowsProps {
  /** How many there are. */
  readonly count: number | undefined;
  /** Undefined at the end. */
  readonly onMore: (() => Promise<void>) | undefined;
}

/** At the end of a list that goes on: brings more when it is scrolled to, and when it is pressed. */
export function MoreRows({ count, onMore }: MoreRowsProps) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const [run, busy] = useAction();
  const bring = (): void => {
    if (onMore && !busy) void run(onMore);
  };
  const seen = useEffectEvent(bring);
  const wanted = onMore !== undefined;
  useEffect(() => {
    if (!wanted || !place.current) return;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && seen());
    watch.observe(place.current);
    return () => watch.disconnect();
    // after more has come it may still be seen; after a failure it is not tried again by itself
  }, [wanted, count]);
  if (!wanted) return null;
  return (
    <div ref={place} className="text-center">
      <Button busy={busy} onClick={bring}>
        {t('common.more')}
      </Button>
    </div>
  );
}
