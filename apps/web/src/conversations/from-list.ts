import type { MouseEvent } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { layersHere } from '../ui/layer.js';

/** What the history says of a conversation that was opened from the list, which then lies before it. */
export const FROM_LIST = { fromList: true };

/** For the way to the list: where that lies before, one goes back, and the browser's own Back leads no more to what one left. */
export function backToList(event: MouseEvent): void {
  if ((history.state as Partial<typeof FROM_LIST> | null)?.fromList !== true) return;
  event.preventDefault();
  history.go(-1 - layersHere());
}

/** To the list, from a conversation that is no more: Back leads neither to it nor to what was opened over it. */
export function leaveForList(event?: MouseEvent): void {
  event?.preventDefault();
  const left = location.pathname;
  const step = (): void => {
    if (location.pathname !== left) return;
    const { fromList, opened } = (history.state ?? {}) as { fromList?: boolean; opened?: string };
    const back = layersHere() + (fromList || opened !== undefined ? 1 : 0);
    if (back === 0) return navigate('/', { replace: true, state: null });
    // what an entry lies on says only there whether one came from the list
    window.addEventListener('popstate', step, { once: true });
    history.go(-back);
  };
  step();
}
