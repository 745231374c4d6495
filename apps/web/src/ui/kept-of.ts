import type { DunlinClient } from '@dunlin/sdk';

const kept = new WeakMap<DunlinClient, Map<string, unknown>>();

/** What outlives what shows it: until the session ends, or the page is closed. */
export function keptOf(client: DunlinClient): Map<string, unknown> {
  const before = kept.get(client);
  if (before) return before;
  const all = new Map<string, unknown>();
  kept.set(client, all);
  client.on('session:ended', () => all.clear());
  return all;
}
