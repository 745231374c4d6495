import { FOCUSABLE } from './focusable.js';

/** Where the keyboard was last, and what lay around it. */
interface Place {
  readonly element: Element;
  readonly row: Element | null;
  readonly list: Element | null;
  readonly index: number;
  /** The part of the page with it, and those that come after it. */
  readonly sections: readonly Element[];
}

/**
 * As a `ref`, for what holds lists: when the row or button that has the keyboard goes away, because it has been answered,
 * the keyboard goes on to the next row, or the heading, and does not begin anew at the top of the page.
 */
export function keepFocus(container: HTMLElement | null): (() => void) | undefined {
  if (!container) return undefined;
  let last: Place | undefined;
  const follow = ({ target }: FocusEvent): void => {
    last = placeOf(target as Element);
  };
  const observer = new MutationObserver(() => {
    // the keyboard may be elsewhere by now; a dialog takes what is lost in it to itself
    if (!last || last.element.isConnected || !document.activeElement?.contains(container)) return;
    const next = nearest(last, container);
    last = undefined;
    next?.focus();
  });
  container.addEventListener('focusin', follow);
  observer.observe(container, { childList: true, subtree: true });
  return () => {
    container.removeEventListener('focusin', follow);
    observer.disconnect();
  };
}

function placeOf(element: Element): Place {
  const row = element.closest('li');
  const list = row?.parentElement ?? null;
  const sections: Element[] = [];
  for (let at = element.closest('section'); at; at = at.nextElementSibling as HTMLElement | null) sections.push(at);
  return { element, row, list, index: row && list ? [...list.children].indexOf(row) : -1, sections };
}

function nearest({ row, list, index, sections }: Place, container: Element): HTMLElement | null | undefined {
  const within = (part: Element | null | undefined) =>
    part?.isConnected ? part.querySelector<HTMLElement>(FOCUSABLE) : null;
  const rows = list?.isConnected ? [...list.children] : [];
  const headed = [...sections, container].find((part) => part.isConnected && headingOf(part));
  return within(row) ?? within(rows[Math.min(index, rows.length - 1)]) ?? (headed && headingOf(headed));
}

/** Made such that it can have the keyboard. */
function headingOf(part: Element): HTMLElement | null {
  const heading = part.querySelector<HTMLElement>('h1, h2, h3');
  if (heading) heading.tabIndex = -1;
  return heading;
}
