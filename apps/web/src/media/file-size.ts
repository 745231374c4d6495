const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** Bytes as people say them: `1.4 MB`. */
export function fileSize(bytes: number, language: string): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  const style = {
    style: 'unit',
    unit: UNITS[unit] ?? 'byte',
    // there is no short word for bytes in English
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0,
  } as const;
  return new Intl.NumberFormat(language, style).format(size);
}
