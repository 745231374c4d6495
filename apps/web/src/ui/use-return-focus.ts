import { useState } from 'react';
import { FOCUSABLE } from './focusable.js';

/** Where the keyboard is, and around it from the inside out; of a menu that closes, what opens it. */
function focusedNow(): HTMLElement[] {
  const { activeElement } = document;
  const opener = activeElement?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  const around: HTMLElement[] = [];
  let element = (opener && document.getElementById(opener)) || activeElement;
  for (; element instanceof HTMLElement && element !== document.body; element = element.parentElement)
    around.push(element);
  return around;
}

/**
 * For a dialog without a trigger of its own: `onCloseAutoFocus` that brings the focus back to where it was. If that is gone
 * by then, to what is nearest, so that the keyboard does not begin anew at the top of the page. Where something else has
 * taken it meanwhile, as the field of a conversation that the dialog led to, it stays.
 */
export function useReturnFocus(): (event: Event) => void {
  const [[before, ...around]] = useState(focusedNow);
  return (event) => {
    event.preventDefault();
    const near = around.find((element) => element.isConnected && element.querySelector(FOCUSABLE));
    const goal = before?.isConnected ? before : near?.querySelector<HTMLElement>(FOCUSABLE);
    // the page itself, or a dialog below, that holds it has it only because nothing else does
    if (goal && document.activeElement?.contains(goal)) goal.focus();
  };
}
