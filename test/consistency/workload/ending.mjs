import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../../tools/lib/wait.mjs';
import { Device } from './device.mjs';
import { openTables } from './tables.mjs';

const QUIET_MS = 400;

/**
 * The last readings of a run, when nothing is going on any more: every device from its own cursor, a device that knows
 * nothing for each person in both directions, and the tables.
 * @throws Error when it does not get quiet, or somebody cannot read in the end
 */
export async function readEverything({ recorder, people, devices, urls, directs, groups }, databaseUrl) {
  const tables = await openTables(databaseUrl);
  try {
    await quiet(tables);
    for (const device of devices) {
      if (!device.connected) await within(device.connect(), `${device.name} to connect`);
      await untilDone(() => device.sync('cursor'), `${device.name} to sync`);
    }
    for (const [i, person] of people.entries()) await readAsNewDevice(recorder, person, urls[i % urls.length]);
    await tables.record(
      recorder,
      [...directs, ...groups].map(({ conversation }) => conversation),
    );
  } finally {
    await tables.close();
  }
}

/** The same amount of everything twice, and nothing that waits to be told. */
async function quiet(tables) {
  let before = '';
  const still = async () => {
    const pulse = await tables.pulse();
    const now = JSON.stringify(pulse);
    const same = now === before && pulse.waiting === 0;
    before = now;
    return same;
  };
  await waitUntil(still, { what: 'quiet in the database', timeoutMs: 60_000, intervalMs: QUIET_MS });
}

async function readAsNewDevice(recorder, person, url) {
  const device = new Device(recorder, person, `${person.name}/new`, url);
  await within(device.connect(), `${device.name} to connect`);
  await untilDone(() => device.sync('forward'), `${device.name} to sync`);
  for (const conversation of device.cursors.keys())
    await untilDone(() => readBackward(device, conversation), `${device.name} to read backward`);
  device.close();
}

async function readBackward(device, conversation) {
  for (let before = 2 ** 31 - 1; ;) {
    const page = await device.page(conversation, { before, limit: 200, final: 'backward' });
    if (page.outcome !== 'ok') return false;
    if (!page.hasMore) return true;
    before = page.items.at(-1).seq;
  }
}

/** Readings are tried again: right after a fault the first one may find nobody. */
const untilDone = (work, what) => waitUntil(work, { what, timeoutMs: 30_000, intervalMs: 500 });

const within = (work, what) =>
  Promise.race([
    work,
    sleep(30_000, undefined, { ref: false }).then(() => {
      throw new Error(`${what}: not within 30 s`);
    }),
  ]);
