// How long a request takes through Kafka, alone and while another gateway comes and goes:
//   node test/load/rpc.mjs [--rate 200] [--seconds 20] [--out file.json]
// Open loop: latency counts from the intended time. First a friend list over HTTP, then a send over a socket.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Person } from './person.mjs';
import { startSplit } from './topology.mjs';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    out: { type: 'string' },
  },
});
const rate = Number(values.rate);
const count = rate * Number(values.seconds);

const topology = await startSplit({ log: process.env.VERBOSE ? console.log : undefined });
let report;
try {
  const [ann, ben] = await friends();
  const kinds = {
    friendList: () => friendList(ann),
    send: (() => {
      let n = 0;
      return () => send(ann, ben, `m${n++}`);
    })(),
  };
  report = { rate, seconds: Number(values.seconds) };
  for (const [name, act] of Object.entries(kinds)) {
    await atRate(count / 2, act); // warm
    const alone = spread(await atRate(count, act));
    const [latencies, gatewayReadyAfterMs] = await Promise.all([atRate(count, act), comeAndGo()]);
    report[name] = { aloneMs: alone, whileAGatewayComesAndGoesMs: spread(latencies), gatewayReadyAfterMs };
  }
  console.log(JSON.stringify(report, null, 2));
  if (values.out) {
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(values.out, JSON.stringify(report, null, 2));
  }
  for (const person of [ann, ben]) person.close();
} catch (error) {
  console.error(error);
} finally {
  await topology.stop();
}
process.exit(report ? 0 : 1);

async function friends() {
  const run = Date.now().toString(36);
  const pair = topology.urls.map((url, i) => new Person(`r${i}-${run}`, url));
  for (const person of pair) {
    await person.register();
    await person.connect();
  }
  const [ann, ben] = pair;
  const request = await ann.http('POST', '/friend-requests', { userId: ben.id });
  await ben.http('POST', `/friend-requests/${request.id}/accept`);
  return pair;
}

/** A third gateway starts, works, and leaves in good order. */
async function comeAndGo() {
  await sleep(3000);
  const began = performance.now();
  await topology.restart('gateway-3');
  const readyAfterMs = Math.round(performance.now() - began);
  await sleep(3000);
  await topology.stopApp('gateway-3');
  return readyAfterMs;
}

function friendList(person) {
  return person.http('GET', '/friends');
}

async function send(from, to, clientMsgId) {
  const payload = { toUserId: to.id, clientMsgId, type: 'text', content: { text: 'x'.repeat(150) } };
  const answer = await from.socket.timeout(10_000).emitWithAck('message:send', payload);
  if (!answer.ok) throw new Error(answer.error.code);
}

async function atRate(total, act) {
  const begun = performance.now();
  const latencies = [];
  const pending = [];
  for (let i = 0; i < total; i++) {
    const intended = begun + (i * 1000) / rate;
    const wait = intended - performance.now();
    if (wait > 0) await sleep(wait);
    pending.push(act(i).then(() => latencies.push(performance.now() - intended)));
  }
  const failed = (await Promise.allSettled(pending)).filter(({ status }) => status === 'rejected');
  if (failed.length > 0) throw new Error(`${failed.length} of ${total} failed`, { cause: failed[0].reason });
  return latencies;
}

function spread(latencies) {
  const sorted = latencies.sort((a, b) => a - b);
  const at = (p) => Math.round(sorted[Math.floor((sorted.length - 1) * p)] * 10) / 10;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
