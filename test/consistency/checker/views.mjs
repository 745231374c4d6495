import { finalViews } from './acks.mjs';
import { groupBy, lastBelow, lastInterval } from './model.mjs';

/** Pages, packets and tables: whole, in order, as new as what was acked before. */
export function checkViews(model, report) {
  const acked = ackedSeqs(model);
  for (const view of model.views) {
    if (view.op === 'push') packets(view, report);
    else if (view.op === 'history') page(model, acked, view, report);
    else table(view, report);
  }
  for (const views of finalViews(model).values()) for (const view of views) last(model, view, report);
  for (const sync of model.syncs) news(model, acked, sync, report);
  polls(model, report);
}

/** conversation → by time of the ack, the highest seq acked up to then. */
function ackedSeqs(model) {
  const lists = new Map();
  for (const [conversation, sends] of groupBy(
    [...model.sends.values()].filter(({ outcome }) => outcome === 'ok'),
    ({ conversation }) => conversation,
  )) {
    let top = 0;
    sends.sort((a, b) => a.ackedAt - b.ackedAt);
    lists.set(
      conversation,
      sends.map(({ ackedAt, seq, ref }) => {
        top = Math.max(top, seq);
        return { ackedAt, top, ref };
      }),
    );
  }
  return lists;
}

function ackedBefore(acked, conversation, time) {
  const list = acked.get(conversation) ?? [];
  return list[lastBelow(list, (entry) => entry.ackedAt, time)]?.top ?? 0;
}

/** Within one packet a conversation's messages ascend. */
function packets(view, report) {
  for (const [conversation, items] of groupBy(view.items, ({ conversation }) => conversation))
    for (let i = 1; i < items.length; i++)
      if (items[i].seq <= items[i - 1].seq)
        report('order-divergence', {
          conversation,
          seq: items[i].seq,
          ref: items[i].ref,
          detail: `${view.device} was sent seq ${items[i - 1].seq} before ${items[i].seq} in one packet`,
        });
}

function page(model, acked, view, report) {
  const { conversation, user, device, items, after, lastSeq, hasMore } = view;
  const facts = { conversation, user };
  const ascending = after !== undefined;
  const step = ascending ? 1 : -1;
  for (let i = 1; i < items.length; i++) {
    const [previous, { seq, ref }] = [items[i - 1].seq, items[i]];
    if (seq === previous)
      report('duplicate', { ...facts, seq, ref, detail: `seq ${seq} is twice on a page for ${device}` });
    else if ((seq - previous) * step < 0)
      report('order-divergence', {
        ...facts,
        seq,
        ref,
        detail: `${device} read seq ${previous} and then ${seq} on one page`,
      });
    else if (seq !== previous + step)
      report('gap', { ...facts, seq: previous + step, detail: `${device} read seq ${previous} and then ${seq}` });
  }
  const first = items[0]?.seq;
  if (ascending && first !== undefined && first <= after)
    report('nonmonotonic-poll', {
      ...facts,
      seq: first,
      detail: `${device} asked for what is after ${after} and got ${first}`,
    });
  if (ascending && first > after + 1 && !startsAJoin(model, view, first))
    report('gap', { ...facts, seq: after + 1, detail: `${device} asked for what is after ${after} and got ${first}` });
  const due = Math.min(ackedBefore(acked, conversation, view.invoke), untilOf(model, view));
  if (ascending && !hasMore && Math.max(items.at(-1)?.seq ?? 0, after) < due)
    report('stale', {
      ...facts,
      seq: due,
      detail: `${device} read up to ${items.at(-1)?.seq ?? after} after ${due} was acked`,
    });
  else if (lastSeq < due)
    report('stale', { ...facts, seq: due, detail: `${device} was told the end is ${lastSeq} after ${due} was acked` });
}

/** Who left during a run reads nothing of what came after: only those who stay are owed the newest. */
function untilOf(model, { conversation, user }) {
  const interval = lastInterval(model, conversation, user);
  return model.intervals.has(conversation) ? (interval?.to ?? 0) - 1 : Infinity;
}

/** Whether `seq` is in a time of theirs that has not ended: they were there when it was acked, and ever since. */
const isThereFrom = (model, conversation, user, seq) => {
  if (!model.intervals.has(conversation)) return true;
  const interval = lastInterval(model, conversation, user);
  return interval !== undefined && interval.to === Infinity && seq >= interval.from;
};

const startsAJoin = (model, { conversation, user }, seq) =>
  (model.intervals.get(conversation)?.get(user) ?? []).some(({ from }) => from === seq);

/** The whole of what a person reads in the end. */
function last(model, view, report) {
  const { conversation, user, device, direction } = view;
  const interval = lastInterval(model, conversation, user) ?? { from: 1, to: Infinity };
  if (model.intervals.has(conversation) && interval.to !== Infinity) return;
  const seqs = view.items.map(({ seq }) => seq).sort((a, b) => a - b);
  const facts = { conversation, user };
  for (let i = 1; i < seqs.length; i++) {
    if (seqs[i] === seqs[i - 1])
      report('duplicate', { ...facts, seq: seqs[i], detail: `${device} read seq ${seqs[i]} twice, ${direction}` });
    else if (seqs[i] !== seqs[i - 1] + 1)
      report('gap', {
        ...facts,
        seq: seqs[i - 1] + 1,
        detail: `${device} read ${seqs[i - 1]} and then ${seqs[i]}, ${direction}`,
      });
  }
  const begin = direction === 'cursor' ? Math.max(view.from, interval.from) : interval.from;
  if (seqs.length > 0 && seqs[0] > begin)
    report('gap', { ...facts, seq: begin, detail: `${device} begins at ${seqs[0]} instead of ${begin}, ${direction}` });
  const end = model.tables.get(conversation)?.items.at(-1)?.seq;
  if (end !== undefined && end >= begin && (seqs.at(-1) ?? 0) < end && view.complete)
    report('gap', { ...facts, seq: end, detail: `${device} ends at ${seqs.at(-1)} instead of ${end}, ${direction}` });
}

function table({ conversation, items, lastSeq }, report) {
  items.forEach(({ seq, ref }, index) => {
    if (index > 0 && seq === items[index - 1].seq)
      report('inconsistent-offset', { conversation, seq, ref, detail: `the database has seq ${seq} twice` });
    else if (seq !== (items[index - 1]?.seq ?? 0) + 1)
      report('gap', {
        conversation,
        seq,
        detail: `the database has seq ${items[index - 1]?.seq ?? 0} and then ${seq}`,
      });
  });
  if (lastSeq !== undefined && lastSeq !== (items.at(-1)?.seq ?? 0))
    report('gap', {
      conversation,
      seq: lastSeq,
      detail: `the head says ${lastSeq}, the log ends at ${items.at(-1)?.seq}`,
    });
}

/** A conversation that got something acked is in the answer, with an end that is no older. */
function news(model, acked, sync, report) {
  const listed = new Map(sync.heads.map((head) => [head.conversation, head]));
  for (const [conversation, cursor] of Object.entries(sync.cursors)) {
    const due = ackedBefore(acked, conversation, sync.invoke);
    if (due <= cursor || !isThereFrom(model, conversation, sync.user, due)) continue;
    const facts = { conversation, user: sync.user, seq: due };
    const head = listed.get(conversation);
    if (!head && !sync.more)
      report('stale', { ...facts, detail: `${sync.device} was not told of ${due}, acked before it asked` });
    else if (head && head.lastSeq < due)
      report('stale', {
        ...facts,
        detail: `${sync.device} was told the end is ${head.lastSeq} after ${due} was acked`,
      });
  }
}

/** For one device: the end never goes back; for one person, neither does how far they have read. */
function polls(model, report) {
  const ends = [];
  const cursors = [];
  for (const { invoke, complete, device, user, heads } of model.syncs)
    for (const { conversation, lastSeq, readSeq } of heads) {
      ends.push({ invoke, complete, key: `${conversation}|${device}`, value: lastSeq, user, conversation });
      cursors.push({ invoke, complete, key: `${conversation}|${user}`, value: readSeq, user, conversation });
    }
  for (const { invoke, complete, conversation, user, device, lastSeq } of model.views.filter(
    ({ op }) => op === 'history',
  ))
    ends.push({ invoke, complete, key: `${conversation}|${device}`, value: lastSeq, user, conversation });
  for (const { invoke, complete, user, conversation, readSeq } of model.reads)
    cursors.push({ invoke, complete, key: `${conversation}|${user}`, value: readSeq, user, conversation });
  backwards(ends, (a, b) => `the end was ${a} and later ${b}`, report);
  // a cursor starts anew with a join, always further on
  backwards(cursors, (a, b) => `the read cursor was ${a} and later ${b}`, report);
}

function backwards(observations, say, report) {
  for (const list of groupBy(observations, ({ key }) => key).values()) {
    const done = [...list].sort((a, b) => a.complete - b.complete);
    let top = { value: 0 };
    let next = 0;
    for (const one of list.sort((a, b) => a.invoke - b.invoke)) {
      for (; next < done.length && done[next].complete < one.invoke; next++)
        if (done[next].value > top.value) top = done[next];
      if (one.value < top.value)
        report('nonmonotonic-poll', {
          conversation: one.conversation,
          user: one.user,
          seq: one.value,
          detail: `${one.user}: ${say(top.value, one.value)}`,
        });
    }
  }
}
