import type { MouseEvent } from 'react';
import { layersHere } from '../ui/layer.js';

/** What the history says of a conversation that was opened from the list, which then lies before it. */
export const FROM_LIST = { fromList: true };

/** For the way to the list: where that lies before, one goes back, and the browser's own Back leads no more to what one left. */
export function backToList(event: MouseEvent): void {
  if ((history.state as Partial<typeof FROM_LIST> | null)?.fromList !== true) return;
  event.preventDefault();
  history.go(-1 - layersHere());
}
