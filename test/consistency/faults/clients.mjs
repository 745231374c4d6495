// What clients do to a server.
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../../tools/lib/wait.mjs';
import { Device } from '../workload/device.mjs';
import { expect, waitForAck } from './outcome.mjs';

const HERD = 1000;
const AT_ONCE = 100;

export const clientFaults = [
  {
    name: `the same clientMsgId ${AT_ONCE} times`,
    short: true,
    outcome: 'one message; all answers are the same and one says that it is the first',
    during: (session) => repeatIds(session, 1),
  },
  {
    name: `${HERD} clients come back at once`,
    world: { devices: 1 },
    pauseMs: 3000,
    outcome: 'all are connected and know everything within 60 s of the gateway being back',
    during: comeBackAtOnce,
  },
  {
    name: 'a reader that never reads',
    outcome:
      'it is dropped when too much waits for it; sends of others are acked meanwhile; it comes back and misses nothing',
    during: neverReads,
  },
  {
    name: 'members removed at one gateway while something is sent at another',
    short: true,
    outcome: 'they get what was placed before their going and nothing after it',
    during: removedWhileSending,
  },
];

/**
 * Each round one id, {@link AT_ONCE} times at once from two devices of one person: on two gateways where there are two.
 * The devices are of their own, since one that comes and goes may lose the answer that says "first".
 */
export async function repeatIds({ recorder, world, workload }, rounds) {
  const { conversation, owner } = world.groups[0];
  const devices = [0, 1].map(
    (i) => new Device(recorder, owner, `${owner.name}/repeats${i}`, world.urls[i % world.urls.length]),
  );
  await Promise.all(devices.map((device) => device.connect()));
  for (let round = 0; round < rounds; round++) {
    const ref = workload.newRef();
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => devices[i % devices.length].sendUntilSettled(conversation, ref)),
    );
    expectOneAnswer(answers);
  }
  for (const device of devices) device.close();
  return { rounds, answersEach: AT_ONCE };
}

function expectOneAnswer(answers) {
  expect(
    answers.every(({ outcome }) => outcome === 'ok'),
    'every one of them is acked',
  );
  const places = new Set(answers.map(({ messageId, seq }) => `${messageId} ${seq}`));
  expect(places.size === 1, `all answers are the same (${[...places].join(', ')})`);
  const first = answers.filter(({ duplicate }) => !duplicate).length;
  expect(first === 1, `one answer says that it is the first (${first})`);
}

async function comeBackAtOnce({ topology, recorder, world }) {
  const herd = [];
  for (let i = 0; i < HERD; i++) {
    const person = world.people[i % world.people.length];
    herd.push(new Device(recorder, person, `${person.name}/herd${i}`, world.urls[i % world.urls.length]));
  }
  for (let i = 0; i < HERD; i += 50)
    await Promise.all(
      herd.slice(i, i + 50).map(async (device) => {
        await device.connect();
        await device.sync();
      }),
    );
  const gateways = topology.names.filter((name) => name === 'monolith' || name.startsWith('gateway'));
  recorder.fault('all gateways killed', 'begin');
  for (const name of gateways) topology.kill(name);
  await Promise.all(gateways.map((name) => topology.exited(name)));
  const killedAt = performance.now();
  await Promise.all(gateways.map((name) => topology.restart(name)));
  recorder.fault('all gateways killed', 'end');
  const begun = performance.now();
  // some are back before the last gateway is
  const back = () => herd.every(({ connected, syncedAt }) => connected && syncedAt > killedAt);
  await waitUntil(back, { what: `${HERD} devices to be back and synced`, timeoutMs: 60_000, intervalMs: 200 });
  const backAfterMs = Math.round(performance.now() - begun);
  for (const device of herd) device.close();
  return { clients: HERD, backAfterMs };
}

async function neverReads({ recorder, world, workload }) {
  const { conversation, owner } = world.groups[0];
  const reader = new Device(recorder, owner, `${owner.name}/idle`, world.urls[0]);
  await reader.connect();
  await reader.sync();
  const before = await dropped(world.urls[0]);
  recorder.fault('a reader stops reading', 'begin');
  const { ws } = reader.socket.io.engine.transport;
  ws.pause();
  const [sender] = owner.devices;
  let sent = 0;
  const flood = async () => {
    await Promise.all(
      Array.from({ length: 25 }, () =>
        sender.sendUntilSettled(conversation, `${workload.newRef()}!long`, { signal: workload.giveUp }),
      ),
    );
    sent += 25;
    return (await dropped(world.urls[0])) > before;
  };
  await waitUntil(flood, { what: 'the reader to be dropped', timeoutMs: 90_000, intervalMs: 1 });
  await waitForAck(recorder);
  ws.resume();
  recorder.fault('a reader stops reading', 'end');
  await waitUntil(() => reader.syncedAt > 0 && reader.connected && reader.connections > 1, {
    what: 'the reader to come back',
    timeoutMs: 30_000,
  });
  reader.close();
  return { longMessages: sent };
}

async function dropped(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^dunlin_readers_dropped_total(?:\{.*\})? (\d+)/m.exec(text)?.[1] ?? 0);
}

async function removedWhileSending({ world, workload }) {
  const rounds = 25;
  const { id, conversation, owner } = world.groups[0];
  for (let round = 0; round < rounds; round++) {
    const person = workload.random.pick(world.people.filter((one) => one !== owner));
    await workload.alone(`${conversation}|${person.id}`, async () => {
      workload.away.add(`${conversation}|${person.id}`);
      const sends = [...owner.devices, ...person.devices].flatMap((device) =>
        [1, 2].map(() => device.send(conversation, workload.newRef())),
      );
      await sleep(workload.random.below(5));
      const kick = owner.change('kick', conversation, person.id, 'DELETE', `/groups/${id}/members/${person.id}`);
      await Promise.all([kick, ...sends]);
      await person.change('join', conversation, undefined, 'POST', `/groups/${id}/join`, {});
      workload.away.delete(`${conversation}|${person.id}`);
    });
  }
  return { rounds };
}
