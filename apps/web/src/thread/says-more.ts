/**
 * Whether a text on the clipboard is what is meant, though files are there too: spreadsheets and word processors add a
 * picture of what was copied. A file manager adds its files' names or paths.
 */
export function saysMore(text: string, files: readonly { readonly name: string }[]): boolean {
  const names = new Set(files.map(({ name }) => name));
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.some((line) => !names.has(line.trim().split(/[/\\]/).pop() ?? ''));
}

/** The files that are meant by what is pasted: none where that is a text. */
export function pastedFiles(clipboard: DataTransfer): File[] {
  const files = [...clipboard.files];
  return saysMore(clipboard.getData('text/plain'), files) ? [] : files;
}
