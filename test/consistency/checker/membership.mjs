import { groupBy, lastBelow, lastInterval, mayRead } from './model.mjs';

const ENDS = new Set(['leave', 'kick', 'unfriend']);
const BEGINS = new Set(['join', 'befriend']);

/** Nobody gets what was written while they were not there. */
export function checkMembership(model, report) {
  const absences = absencesOf(model);
  for (const view of model.views) if (view.op !== 'table') shown(model, absences, view, report);
  for (const send of model.sends.values()) written(model, absences, send, report);
}

function shown(model, absences, view, report) {
  for (const { conversation, seq, ref, type, event } of view.items) {
    const facts = { conversation, seq, ref, user: view.user };
    if (!mayRead(model, conversation, view.user, seq)) {
      report('leak', {
        ...facts,
        detail: `${view.device} got seq ${seq} (${ref ?? event}) outside of ${view.user}'s time there`,
      });
      continue;
    }
    const send = type === 'system' ? undefined : model.sends.get(ref);
    if (send && isGroup(model, conversation) && absent(absences, conversation, view.user, send))
      report('leak', { ...facts, detail: `${view.device} got ${ref}, sent when ${view.user} had left` });
  }
  if (view.op === 'history') reading(model, absences, view, report);
}

/** A former member's reading is refused, and a new member's begins at the join. */
function reading(model, absences, view, report) {
  const { conversation, user, device, items } = view;
  if (!isGroup(model, conversation)) return;
  const facts = { conversation, user };
  if (absent(absences, conversation, user, { invoke: view.invoke, ackedAt: view.complete }))
    report('leak', { ...facts, seq: items[0]?.seq, detail: `${device} read the conversation after ${user} had left` });
  const interval = lastInterval(model, conversation, user);
  const early = items.find(({ seq }) => seq < interval?.from);
  if (early && view.final)
    report('leak', {
      ...facts,
      seq: early.seq,
      detail: `${device} read seq ${early.seq}, before the join at ${interval.from}`,
    });
}

/** Nor do they write there. */
function written(model, absences, send, report) {
  if (send.outcome !== 'ok') return;
  const { conversation, user, ref, seq } = send;
  const facts = { conversation, seq, ref, user };
  if (!mayRead(model, conversation, user, seq))
    report('leak', { ...facts, detail: `${ref} was stored at ${seq}, outside of its sender's time there` });
  // an ack may repeat an old answer: what counts is that every attempt was made in the absence
  else if (send.acks.every(({ duplicate }) => !duplicate) && absent(absences, conversation, user, send))
    report('leak', { ...facts, detail: `${ref} was sent and acked when ${user} had no part in the conversation` });
}

const isGroup = (model, conversation) => model.intervals.has(conversation);

/** conversation|user → what ended and began their part, by time. An unfriending ends both sides' part. */
function absencesOf({ changes }) {
  const of = changes.flatMap((change) => {
    const people =
      change.op === 'unfriend' || change.op === 'befriend'
        ? [change.user, change.subject]
        : [change.subject ?? change.user];
    return people.map((user) => ({ ...change, key: `${change.conversation}|${user}` }));
  });
  const lists = groupBy(of, ({ key }) => key);
  return new Map(
    [...lists].map(([key, list]) => [
      key,
      {
        ends: list
          .filter(({ op, outcome }) => ENDS.has(op) && outcome === 'ok')
          .sort((a, b) => a.complete - b.complete),
        // one that was refused began nothing; of one with an unknown outcome nobody knows
        begins: list
          .filter(({ op, outcome }) => BEGINS.has(op) && outcome !== 'fail')
          .sort((a, b) => a.invoke - b.invoke),
      },
    ]),
  );
}

/** True when the person was certainly away all the while between the invocation and the ack. */
function absent(absences, conversation, user, { invoke, ackedAt }) {
  const list = absences.get(`${conversation}|${user}`);
  if (!list) return false;
  const end = list.ends[lastBelow(list.ends, ({ complete }) => complete, invoke)];
  if (!end) return false;
  const begin = list.begins[lastBelow(list.begins, (change) => change.invoke, ackedAt)];
  if (!begin) return true;
  // one that was over before the end was asked for is undone by it; any other one may have come after it
  return begin.complete < end.invoke && begin.outcome === 'ok';
}
