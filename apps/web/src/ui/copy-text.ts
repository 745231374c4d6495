/**
 * Puts a text on the clipboard, over plain http too, where browsers keep their own function for it away.
 *
 * @returns whether it is there
 */
export async function copyText(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard)
    return clipboard.writeText(text).then(
      () => true,
      () => copyByCommand(text),
    );
  return copyByCommand(text);
}

/** The old way, still the only one without https; Safari copies only where something is selected. */
function copyByCommand(text: string): boolean {
  const selection = getSelection();
  const before = selection?.rangeCount ? selection.getRangeAt(0) : null;
  const holder = document.createElement('span');
  holder.textContent = text;
  holder.className = 'sr-only whitespace-pre select-text';
  document.body.append(holder);
  selection?.selectAllChildren(holder);
  const give = (event: ClipboardEvent): void => {
    // as it was written, not as it is drawn
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('copy', give, true);
  try {
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', give, true);
    holder.remove();
    selection?.removeAllRanges();
    if (before) selection?.addRange(before);
  }
}
