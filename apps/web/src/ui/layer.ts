import { useEffect, useRef } from 'react';

/** Who closes a layer by a click beside it may be on the way to another page: that goes first. Milliseconds. */
const QUIET_MS = 250;

/** What lies over the page and is not in its address, from the bottom to the top: what closes each. */
const layers: (() => void)[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
/** On the way back from an empty entry: a layer that opens meanwhile gets its own on arrival. */
let leaving = false;

/** How many layers were open at this entry of the history. */
export const layersHere = (): number => (history.state as { layers?: number } | null)?.layers ?? 0;

/** As many entries as layers. */
function settle(): void {
  clearTimeout(timer);
  if (leaving) return;
  while (layersHere() < layers.length)
    history.pushState({ ...(history.state as object | null), layers: layersHere() + 1 }, '');
  if (layersHere() > layers.length) timer = setTimeout(leaveEmpty, QUIET_MS);
}

/** Entries of layers that are closed show nothing: one is never left standing on them. */
function leaveEmpty(): void {
  const empty = layersHere() - layers.length;
  if (empty <= 0) return;
  leaving = true;
  history.go(-empty);
}

function wentThroughHistory(): void {
  clearTimeout(timer);
  if (leaving) {
    leaving = false;
    settle();
    return;
  }
  while (layers.length > layersHere()) layers.pop()?.();
  leaveEmpty();
}

window.addEventListener('popstate', wentThroughHistory);
// it would stop a reload that has begun; after that it is done anyway
window.addEventListener('beforeunload', () => clearTimeout(timer));
// a reload closes them all
leaveEmpty();

/** @returns what is called when it has been closed */
export function openLayer(close: () => void): () => void {
  layers.push(close);
  settle();
  return () => {
    const at = layers.indexOf(close);
    if (at >= 0) layers.splice(at, 1);
    settle();
  };
}

/**
 * Stands in what lies over the page and is too fleeting for its address: Back closes it and nothing else.
 * @param onBack closes it
 */
export function Layer({ onBack }: { onBack: () => void }): null {
  const newest = useRef(onBack);
  useEffect(() => {
    newest.current = onBack;
  });
  useEffect(() => openLayer(() => newest.current()), []);
  return null;
}
