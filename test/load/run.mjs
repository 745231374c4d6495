// Proves on the split topology that every member gets every message, once and in order, and says how fast:
//   node test/load/run.mjs [--people 200] [--groups 20] [--messages 20000] [--rate 500] [--kill] [--out file.json]
// With --kill each app is killed with -9 in turn and started again while the sends go on.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Person } from './person.mjs';
import { startSplit } from './topology.mjs';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '200' },
    groups: { type: 'string', default: '20' },
    messages: { type: 'string', default: '20000' },
    rate: { type: 'string', default: '500' },
    kill: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const settings = {
  people: Number(values.people),
  groups: Number(values.groups),
  messages: Number(values.messages),
  rate: Number(values.rate),
  kill: values.kill,
};
const log = (line) => console.log(line);
const percentile = (sorted, p) => Math.round((sorted[Math.floor((sorted.length - 1) * p)] ?? 0) * 10) / 10;
const spread = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: percentile(sorted, 1) };
};

const topology = await startSplit({ log: process.env.VERBOSE ? log : undefined });
let failed = false;
try {
  const { people, groups } = await populate();
  const kills = settings.kill ? killInTurn() : Promise.resolve([]);
  const sent = await sendAtRate(people, groups);
  const recovery = await kills;
  await settle(people, groups);
  const report = verify(people, groups, sent, recovery);
  console.log(JSON.stringify(report, null, 2));
  if (values.out) {
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(values.out, JSON.stringify(report, null, 2));
  }
  failed = report.problems.length > 0;
  for (const person of people) person.close();
} catch (error) {
  failed = true;
  console.error(error);
} finally {
  await topology.stop();
}
process.exit(failed ? 1 : 0);

async function populate() {
  const run = Date.now().toString(36);
  const people = Array.from(
    { length: settings.people },
    (_, i) => new Person(`p${i}-${run}`, topology.urls[i % topology.urls.length]),
  );
  await inBatches(people, 10, (person) => person.register());
  await inBatches(people, 50, (person) => person.connect());
  const groups = [];
  for (let i = 0; i < settings.groups; i++) {
    // everybody is in two groups, and each group has people on every gateway
    const members = people.filter((_, n) => n % settings.groups === i || (n * 7 + 3) % settings.groups === i);
    const group = await members[0].http('POST', '/groups', { name: `Group ${i}`, joinPolicy: 'open' });
    await inBatches(members.slice(1), 5, (person) => person.http('POST', `/groups/${group.id}/join`, {}));
    groups.push({ id: group.id, conversationId: group.conversationId, members });
  }
  await inBatches(people, 20, (person) => person.sync());
  for (const person of people) person.recovered = 0;
  log(
    `${people.length} people on ${topology.urls.length} gateways, ${groups.length} groups of ${groups[0].members.length}`,
  );
  return { people, groups };
}

async function sendAtRate(people, groups) {
  const begun = performance.now();
  const sends = [];
  for (let i = 0; i < settings.messages; i++) {
    const intended = begun + (i * 1000) / settings.rate;
    const wait = intended - performance.now();
    if (wait > 1) await sleep(wait);
    const group = groups[i % groups.length];
    const sender = group.members[Math.floor(i / groups.length) % group.members.length];
    sends.push(sender.send({ conversationId: group.conversationId }, `m${i}`, `${sender.name} ${i}`, intended));
    if (i > 0 && i % 5000 === 0) log(`${i} sent`);
  }
  await Promise.all(sends);
  return { messages: sends.length, seconds: Math.round((performance.now() - begun) / 100) / 10 };
}

/** Each app, in turn, dies without a word and is started again. */
async function killInTurn() {
  const recovery = [];
  await sleep(3000);
  for (const name of topology.names) {
    topology.kill(name);
    const at = performance.now();
    await topology.restart(name);
    recovery.push({ name, readyAfterMs: Math.round(performance.now() - at) });
    log(`killed ${name}: ready again after ${recovery.at(-1).readyAfterMs} ms`);
    await sleep(3000);
  }
  return recovery;
}

async function settle(people, groups) {
  const complete = () =>
    groups.every((group) => {
      const ends = group.members.map((person) => Math.max(...person.views.get(group.conversationId).keys()));
      return new Set(ends).size === 1;
    });
  for (let i = 0; i < 50 && !complete(); i++) await sleep(200);
  await inBatches(people, 20, (person) => person.sync());
}

function verify(people, groups, sent, recovery) {
  const problems = [];
  for (const group of groups) {
    const reference = [...group.members[0].views.get(group.conversationId)].sort(([a], [b]) => a - b);
    const seqs = reference.map(([seq]) => seq);
    if (seqs.some((seq, i) => seq !== i + 1)) problems.push(`${group.id}: seq has a hole`);
    for (const person of group.members) {
      const own = [...person.views.get(group.conversationId)].sort(([a], [b]) => a - b);
      // a member's history begins at their join
      const since = own[0]?.[0] ?? 1;
      if (JSON.stringify(own) !== JSON.stringify(reference.filter(([seq]) => seq >= since)))
        problems.push(`${person.name} sees ${own.length} of ${reference.length} in ${group.id}`);
    }
    const texts = reference.map(([, text]) => text).filter((text) => /^p\d/.test(text));
    if (new Set(texts).size !== texts.length) problems.push(`${group.id}: a message is there twice`);
    for (const person of group.members) {
      const mine = texts.filter((text) => text.startsWith(`${person.name} `)).map((text) => Number(text.split(' ')[1]));
      if (mine.some((n, i) => i > 0 && n < mine[i - 1]))
        problems.push(`${person.name}: own order is lost in ${group.id}`);
      const acked = person.acked.filter((ack) => ack.conversationId === group.conversationId);
      if (acked.length !== mine.length) problems.push(`${person.name}: ${acked.length} acked, ${mine.length} stored`);
    }
  }
  const sum = (name) => people.reduce((total, person) => total + person[name], 0);
  const [repeats, disorder] = [sum('repeats'), sum('disorder')];
  if (!settings.kill && repeats + disorder + sum('recovered') > 0)
    problems.push(`without faults: ${repeats} pushed twice, ${disorder} out of order, ${sum('recovered')} not pushed`);
  for (const { name, readyAfterMs } of recovery)
    if (readyAfterMs > 10_000) problems.push(`${name} took ${readyAfterMs} ms to come back`);
  return {
    settings,
    sent,
    deliveries: people.reduce((total, person) => total + person.deliveries.length, 0),
    ackMs: spread(people.flatMap((person) => person.latencies)),
    deliveryMs: spread(people.flatMap((person) => person.deliveries)),
    repeats,
    disorder,
    recoveredBySync: sum('recovered'),
    retries: sum('refusals'),
    recovery,
    problems: problems.slice(0, 20),
  };
}

async function inBatches(list, size, act) {
  for (let i = 0; i < list.length; i += size) await Promise.all(list.slice(i, i + size).map(act));
}
