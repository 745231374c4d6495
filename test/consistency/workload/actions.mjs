import { setTimeout as sleep } from 'node:timers/promises';

/** What a person does at one of their devices; how often, as a weight. Each resolves when it is over. */
export const ACTIONS = [
  [50, sendOne],
  [12, sendSeveral],
  [4, sendByRequest],
  [6, sendAgain],
  [1, sendOtherContent],
  [1, leaveBeforeTheAck],
  [8, read],
  [4, readPages],
  [3, syncAll],
  [3, comeOrGo],
  [2, kick],
  [2, partAndMeet],
  [2, reconnect],
];

const KEPT = 200;

async function sendOne(run, device) {
  const { conversation, target } = run.somewhere(device);
  settled(run, device, await device.sendUntilSettled(conversation, run.newRef(), { target, signal: run.giveUp }));
}

/** Without waiting for one before the next. */
async function sendSeveral(run, device) {
  const { conversation } = run.somewhere(device);
  const sends = Array.from({ length: 3 }, () =>
    device.sendUntilSettled(conversation, run.newRef(), { signal: run.giveUp }),
  );
  for (const attempt of await Promise.all(sends)) settled(run, device, attempt);
}

async function sendByRequest(run, device) {
  const { conversation } = run.somewhere(device);
  const url = run.random.pick(run.world.urls);
  settled(run, device, await device.sendUntilSettled(conversation, run.newRef(), { url, signal: run.giveUp }));
}

function settled(run, device, attempt) {
  if (attempt.outcome !== 'ok') return;
  const { sent = [] } = device.person;
  sent.push(attempt);
  if (sent.length > KEPT) sent.shift();
  device.person.sent = sent;
}

/** What was acked long ago, by any device, over any gateway: it has its answer for ever. */
async function sendAgain(run, device) {
  const { sent } = device.person;
  if (!sent?.length) return;
  const { conversation, ref, clientMsgId } = run.random.pick(sent);
  const other = run.random.pick(device.person.devices);
  const url = run.random.next() < 0.3 ? run.random.pick(run.world.urls) : undefined;
  await other.send(conversation, ref, { clientMsgId, url });
}

/** The same id with another text is refused, and leaves nothing. */
async function sendOtherContent(run, device) {
  const { sent } = device.person;
  if (!sent?.length) return;
  const { conversation, clientMsgId } = run.random.pick(sent);
  await device.send(conversation, `${clientMsgId}~${run.newRef()}`, { clientMsgId });
}

async function leaveBeforeTheAck(run, device) {
  const { conversation } = run.somewhere(device);
  const ref = run.newRef();
  const first = device.send(conversation, ref);
  await sleep(run.random.below(4));
  device.close();
  await device.connect(run.random.pick(run.world.urls));
  await first;
  settled(run, device, await device.sendUntilSettled(conversation, ref, { signal: run.giveUp }));
}

async function read(run, device) {
  const { conversation } = run.somewhere(device);
  const cursor = device.cursors.get(conversation) ?? 0;
  if (cursor > 0) await device.read(conversation, Math.max(1, cursor - run.random.below(5)));
}

async function readPages(run, device) {
  const { conversation } = run.somewhere(device);
  const cursor = device.cursors.get(conversation) ?? 0;
  await device.page(conversation, { before: cursor + 2, limit: 20 });
  await device.page(conversation, { after: Math.max(0, cursor - 20), limit: 10 });
}

async function syncAll(run, device) {
  await device.sync();
}

async function comeOrGo(run, device) {
  const { id, conversation, owner } = run.random.pick(run.world.groups);
  const { person } = device;
  if (person === owner) return;
  await run.alone(`${conversation}|${person.id}`, async () => {
    if (run.isAway(conversation, person)) {
      const { outcome } = await person.change('join', conversation, undefined, 'POST', `/groups/${id}/join`, {});
      if (outcome === 'ok') run.away.delete(`${conversation}|${person.id}`);
    } else {
      run.away.add(`${conversation}|${person.id}`);
      await person.change('leave', conversation, undefined, 'POST', `/groups/${id}/leave`);
    }
  });
}

async function kick(run) {
  const { id, conversation, owner } = run.random.pick(run.world.groups);
  const person = run.random.pick(run.world.people);
  if (person === owner || run.isAway(conversation, person)) return;
  await run.alone(`${conversation}|${person.id}`, async () => {
    run.away.add(`${conversation}|${person.id}`);
    await owner.change('kick', conversation, person.id, 'DELETE', `/groups/${id}/members/${person.id}`);
  });
}

async function partAndMeet(run, device) {
  const direct = run.random.pick(run.world.directs.filter(({ pair }) => pair.includes(device.person)));
  const [one, other] = direct.pair[0] === device.person ? direct.pair : [...direct.pair].reverse();
  await run.alone(direct.conversation, async () => {
    if (!direct.apart) {
      direct.apart = true;
      await one.change('unfriend', direct.conversation, other.id, 'DELETE', `/friends/${other.id}`);
    } else if (await befriend(run, direct, one, other)) direct.apart = false;
  });
}

/** A request and its acceptance are one operation: until the second one is answered nobody knows. */
async function befriend({ world: { recorder } }, { conversation }, one, other) {
  const facts = { op: 'befriend', user: one.id, subject: other.id, conversation };
  const { outcome, code } = await recorder.operation(facts, async () => {
    const asked = await one.http('POST', '/friend-requests', { userId: other.id });
    // already friends, if an unknown unfriending never was
    if (asked.code === 'conflict') return { outcome: 'ok', code: 'conflict' };
    if (asked.outcome !== 'ok') return { outcome: asked.outcome, code: asked.code };
    const accepted = await other.http('POST', `/friend-requests/${asked.data.id}/accept`);
    return accepted.outcome === 'ok' ? { outcome: 'ok' } : { outcome: 'info', code: accepted.code };
  });
  return outcome === 'ok' || code === 'conflict';
}

async function reconnect(run, device) {
  device.close();
  await sleep(run.random.below(100));
  await device.connect(run.random.pick(run.world.urls), run.random.next() < 0.2 ? ['polling'] : ['websocket']);
}
