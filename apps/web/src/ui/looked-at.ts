/** What a page consists of, and what lies over it. */
const LAYER = 'body > *';
/** Beside what opens it: a menu, or the emojis. */
const POPPER = '[data-radix-popper-content-wrapper]';

/** Whether somebody has this part of the page before them, and no dialog or picture over it. */
export const isLookedAt = (part: Element): boolean =>
  document.visibilityState === 'visible' && document.hasFocus() && !isCovered(part);

/** Calls back when something is laid over the page or taken away. */
export function onCovering(tell: () => void): () => void {
  const observer = new MutationObserver(tell);
  observer.observe(document.body, { childList: true });
  return () => observer.disconnect();
}

/** By what is drawn there: `aria-hidden` says nothing, as a dialog does not hide live regions. */
function isCovered(part: Element): boolean {
  const own = part.closest(LAYER);
  const { left, top, width, height } = part.getBoundingClientRect();
  return document.elementsFromPoint(left + width / 2, top + height / 2).some((element) => {
    const layer = element.closest(LAYER);
    return layer !== null && layer !== own && !element.closest(POPPER);
  });
}
