/** Writes at the caret of a field, which gets the keyboard. */
export function insertText(field: HTMLTextAreaElement, text: string): void {
  field.focus();
  // as if it were typed: what a script sets cannot be undone
  if (text === '' || document.execCommand('insertText', false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
