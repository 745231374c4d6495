import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.js';
import { FOCUSABLE } from './focusable.js';
import { useAction } from './use-action.js';

interface MoreRowsProps {
  /** How many there are. */
  readonly count: number | undefined;
  /** Undefined at the end. */
  readonly onMore: (() => Promise<void>) | undefined;
}

/** At the end of a list that goes on: brings more when it is scrolled to, and when it is pressed; the keyboard goes on to that. */
export function MoreRows({ count, onMore }: MoreRowsProps) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const [run, busy] = useAction();
  /** The list before it, and how long that is, while more of it is brought to somebody who is here by keyboard. */
  const grows = useRef<{ list: Element; length: number } | null>(null);
  const bring = (): void => {
    if (!onMore || busy) return;
    const list = place.current?.previousElementSibling;
    grows.current =
      list && place.current?.contains(document.activeElement) ? { list, length: list.children.length } : null;
    void run(onMore);
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
  useLayoutEffect(() => {
    const first = grows.current?.list.children[grows.current.length];
    if (!first) return;
    grows.current = null;
    first.querySelector<HTMLElement>(FOCUSABLE)?.focus();
  }, [count]);
  if (!wanted) return null;
  return (
    <div ref={place} className="text-center">
      <Button busy={busy} onClick={bring}>
        {t('common.more')}
      </Button>
    </div>
  );
}
