const made = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than drawing a message, and a thread needs the same few again and again. */
export function dateFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat(regional(language), options);
  made.set(key, format);
  return format;
}

/** The way the browser's region writes dates, where it speaks the language that was chosen: 24 hours in `en-GB`. */
const regional = (language: string): string =>
  navigator.languages.find((tag) => tag.split('-')[0] === language.split('-')[0]) ?? language;
