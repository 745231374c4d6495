// A history, indexed once: by body, by conversation and seq, by person.

/** @param {import('./history.d.mts').Operation[]} operations */
export function readHistory(operations) {
  const model = {
    /** ref → what was sent, with all attempts. */
    sends: new Map(),
    /** conversation → seq → the first sighting of what is there. */
    logs: new Map(),
    /** Every sighting that does not agree with the first one of its place. */
    conflicts: [],
    /** Everything that showed messages: pushes, pages, tables. */
    views: [],
    syncs: [],
    reads: [],
    /** Joins, leaves, kicks, partings and meetings. */
    changes: [],
    connections: [],
    /** conversation → what the database holds. */
    tables: new Map(),
  };
  for (const operation of operations) file(model, operation);
  for (const send of model.sends.values()) conclude(send);
  for (const view of model.views) for (const item of view.items) sight(model, view, item);
  model.intervals = membershipOf(model);
  return model;
}

function file(model, operation) {
  switch (operation.op) {
    case 'send':
      return attempt(model, operation);
    case 'push':
      return model.views.push(operation);
    case 'history':
      return operation.outcome === 'ok' ? model.views.push(operation) : undefined;
    case 'table':
      model.tables.set(operation.conversation, operation);
      return model.views.push(operation);
    case 'sync':
      return operation.outcome === 'ok' ? model.syncs.push(operation) : undefined;
    case 'read':
      return operation.outcome === 'ok' ? model.reads.push(operation) : undefined;
    case 'connect':
    case 'disconnect':
      return model.connections.push(operation);
    case 'fault':
      return undefined;
    default:
      return model.changes.push(operation);
  }
}

function attempt(model, operation) {
  const { ref, conversation, user, clientMsgId, hash } = operation;
  const send = model.sends.get(ref) ?? { ref, conversation, user, clientMsgId, hash, attempts: [] };
  send.attempts.push(operation);
  model.sends.set(ref, send);
}

/** `ok` if any attempt was, `fail` if all were refused, else `info`. */
function conclude(send) {
  send.attempts.sort((a, b) => a.invoke - b.invoke);
  const acks = send.attempts.filter(({ outcome }) => outcome === 'ok').sort((a, b) => a.complete - b.complete);
  send.acks = acks;
  send.invoke = send.attempts[0].invoke;
  send.ackedAt = acks[0]?.complete ?? Infinity;
  send.seq = acks[0]?.seq;
  send.outcome = acks.length > 0 ? 'ok' : send.attempts.every(({ outcome }) => outcome === 'fail') ? 'fail' : 'info';
}

/** What makes two messages the same: everything but who may see the clientMsgId. */
const identity = (item) => `${item.id}|${item.sender}|${item.type}|${item.hash ?? item.event}|${item.subject ?? ''}`;

function sight(model, view, item) {
  const log = model.logs.get(item.conversation) ?? new Map();
  model.logs.set(item.conversation, log);
  const first = log.get(item.seq);
  if (!first) log.set(item.seq, { ...item, identity: identity(item), view });
  else if (first.identity !== identity(item)) model.conflicts.push({ item, view, first });
}

const JOINS = new Set(['created', 'member_joined']);
const LEAVES = new Set(['member_left', 'member_kicked']);

/** conversation → user → [from, to) in seq, as the log itself tells it. Direct conversations are not in it. */
function membershipOf({ logs }) {
  const intervals = new Map();
  for (const [conversation, log] of logs) {
    const events = [...log.values()].filter(({ type }) => type === 'system').sort((a, b) => a.seq - b.seq);
    if (events.length === 0) continue;
    const people = new Map();
    for (const { event, seq, subject, sender } of events) {
      const user = subject ?? sender;
      const own = people.get(user) ?? [];
      people.set(user, own);
      if (JOINS.has(event)) own.push({ from: seq, to: Infinity });
      else if (LEAVES.has(event) && own.length > 0) own.at(-1).to = seq;
    }
    intervals.set(conversation, people);
  }
  return intervals;
}

/** Whether `seq` is within a person's time in a conversation; in a direct one it always is. */
export function mayRead(model, conversation, user, seq) {
  const people = model.intervals.get(conversation);
  if (!people) return true;
  return (people.get(user) ?? []).some(({ from, to }) => seq >= from && seq < to);
}

/** The last time in it: where a reading that begins now begins. */
export const lastInterval = (model, conversation, user) => model.intervals.get(conversation)?.get(user)?.at(-1);

/** The index of the last element of a list sorted by `key` whose key is below `value`, or -1. */
export function lastBelow(list, key, value) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(list[middle]) < value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function groupBy(list, key) {
  const groups = new Map();
  for (const item of list) {
    const of = key(item);
    const group = groups.get(of);
    if (group) group.push(item);
    else groups.set(of, [item]);
  }
  return groups;
}
