const made = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than drawing a message, and a thread needs the same few again and again. */
export function dateFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat(language, options);
  made.set(key, format);
  return format;
}
