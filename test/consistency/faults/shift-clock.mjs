// Loaded with --import: this process's wall clock is CLOCK_SHIFT_MS off, as that of a machine without NTP.
const shift = Number(process.env.CLOCK_SHIFT_MS);
const now = Date.now.bind(Date);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now() + shift);
    else super(...parts);
  }
  static now() {
    return now() + shift;
  }
};
