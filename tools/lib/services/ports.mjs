import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which the system gives out client ports (32768 and up on Linux): nobody takes the port by
// accident while its server is down for a restart.
const LOWEST = 12_000;
const HIGHEST = 32_000;

/** Different loopback ports that nothing listens on. */
export async function freePorts(count) {
  const ports = new Set();
  while (ports.size < count) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

/** Whether nothing listens on a loopback port. */
export const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
