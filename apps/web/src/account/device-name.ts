const BROWSERS = [
  ['Edg', 'Edge'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const;
const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'];

/** What the list of devices calls this one: `Firefox, Linux`. */
export function deviceName(userAgent: string): string {
  // every browser calls itself the ones after it as well
  const browser = BROWSERS.find(([mark]) => userAgent.includes(`${mark}/`))?.[1] ?? 'Web';
  const system = SYSTEMS.find((name) => userAgent.includes(name));
  return system ? `${browser}, ${system}` : browser;
}
