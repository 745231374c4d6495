import { groupBy, mayRead } from './model.mjs';

/** Later than this is not live. */
export const LIVE_MS = 5000;

/** What is measured rather than forbidden: what came back from an unknown outcome, and what did not come live. */
export function liveness(model) {
  const sends = [...model.sends.values()];
  const stored = new Set();
  for (const view of model.views) for (const { ref } of view.items) stored.add(ref);
  const count = (outcome) => sends.filter((send) => send.outcome === outcome).length;
  return {
    sends: {
      asked: sends.length,
      acked: count('ok'),
      refused: count('fail'),
      unknown: count('info'),
      repeated: sends.filter(({ attempts }) => attempts.length > 1).length,
    },
    recovered: sends.filter(({ outcome, ref }) => outcome === 'info' && stored.has(ref)).length,
    unseen: unseen(model, sends),
  };
}

/** Over all pairs of an acked message and a device that was connected from before it was sent until the deadline. */
function unseen(model, sends) {
  const online = connectedSpans(model);
  const seenAt = new Map();
  for (const { op, device, at, items } of model.views)
    if (op === 'push')
      for (const { ref } of items) {
        const key = `${ref}|${device}`;
        if (!seenAt.has(key)) seenAt.set(key, at);
      }
  const devicesOf = groupBy([...online.keys()], (device) => online.get(device).user);
  const readers = readersOf(model);
  const latencies = [];
  let missing = 0;
  for (const send of sends) {
    if (send.outcome !== 'ok') continue;
    for (const user of readers.get(send.conversation) ?? []) {
      if (!mayRead(model, send.conversation, user, send.seq)) continue;
      for (const device of devicesOf.get(user) ?? []) {
        if (send.attempts.some((attempt) => attempt.device === device)) continue; // it has the ack
        if (!covers(online.get(device).spans, send.invoke, send.ackedAt + LIVE_MS)) continue;
        const at = seenAt.get(`${send.ref}|${device}`);
        if (at === undefined || at - send.ackedAt > LIVE_MS) missing++;
        latencies.push(at === undefined ? Infinity : Math.max(0, at - send.invoke));
      }
    }
  }
  latencies.sort((a, b) => a - b);
  const percentile = (p) => {
    const value = latencies[Math.floor((latencies.length - 1) * p)] ?? 0;
    return Number.isFinite(value) ? Math.round(value * 10) / 10 : null;
  };
  return {
    expected: latencies.length,
    unseen: missing,
    p50: percentile(0.5),
    p99: percentile(0.99),
    p999: percentile(0.999),
    max: percentile(1),
  };
}

function readersOf(model) {
  const readers = new Map();
  const add = (conversation, user) => {
    const set = readers.get(conversation) ?? new Set();
    readers.set(conversation, set.add(user));
  };
  for (const [conversation, people] of model.intervals) for (const user of people.keys()) add(conversation, user);
  for (const view of model.views) if (view.final) add(view.conversation, view.user);
  return readers;
}

function connectedSpans({ connections }) {
  const devices = new Map();
  for (const { op, device, user, at } of [...connections].sort((a, b) => a.at - b.at)) {
    const entry = devices.get(device) ?? { user, spans: [] };
    devices.set(device, entry);
    if (op === 'connect') entry.spans.push({ from: at, to: Infinity });
    else if (entry.spans.length > 0) entry.spans.at(-1).to = Math.min(entry.spans.at(-1).to, at);
  }
  return devices;
}

const covers = (spans, from, to) => spans.some((span) => span.from <= from && span.to >= to);
