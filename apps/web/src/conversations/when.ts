import { dateFormat } from '../i18n/date-format.js';

const DAY_MS = 86_400_000;

/**
 * A time as short as a list wants it: the time today, the weekday within a week, else the date.
 * @param midnight when today began
 */
export function shortTime(at: string, language: string, midnight: number): string {
  const date = new Date(at);
  if (date.getTime() >= midnight) return format(date, language, { hour: '2-digit', minute: '2-digit' });
  if (date.getTime() >= midnight - 6 * DAY_MS) return format(date, language, { weekday: 'short' });
  return format(date, language, { dateStyle: 'short' });
}

const UNITS = [
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `5 minutes ago`; never in the future, though this device's clock be slow. */
export function ago(at: string, language: string, now = Date.now()): string {
  const past = Math.min(0, Date.parse(at) - now);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, ms] of UNITS) if (Math.abs(past) >= ms) return relative.format(Math.round(past / ms), unit);
  return relative.format(0, 'second');
}

/** Date and time in full. */
export const fullTime = (at: string, language: string): string =>
  format(new Date(at), language, { dateStyle: 'medium', timeStyle: 'short' });

/** Day and time of something near. */
export const dayAndTime = (at: string, language: string): string =>
  format(new Date(at), language, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

const format = (date: Date, language: string, options: Intl.DateTimeFormatOptions): string =>
  dateFormat(language, options).format(date);
