import { lastInterval } from './model.mjs';

/** What was answered, held against what was stored and shown. */
export function checkAcks(model, report) {
  const places = new Map(); // ref → the first place that it was seen at
  for (const view of model.views) for (const item of view.items) sighting(model, report, places, view, item);
  for (const { item, first } of model.conflicts)
    report('inconsistent-offset', {
      conversation: item.conversation,
      seq: item.seq,
      ref: item.ref,
      detail: `seq ${item.seq} is ${first.ref ?? first.event} (${first.id}) and ${item.ref ?? item.event} (${item.id})`,
    });
  for (const send of model.sends.values()) {
    oneAnswer(send, report);
    oneMessage(model, send, report);
  }
  vanished(model, report);
}

function sighting(model, report, places, view, item) {
  if (item.type === 'system') return;
  const { conversation, seq, ref } = item;
  const facts = { conversation, seq, ref, user: view.user };
  const send = model.sends.get(ref);
  if (!send || send.conversation !== conversation || send.invoke > (view.at ?? view.complete ?? Infinity))
    return report('phantom', { ...facts, detail: `${ref ?? item.id} was seen and nobody had sent it there` });
  if (send.hash !== item.hash || send.user !== item.sender)
    report('corrupt', { ...facts, detail: `${ref} is not what ${send.user} sent` });
  else if (item.clientMsgId !== undefined && item.clientMsgId !== send.clientMsgId)
    report('corrupt', { ...facts, detail: `${ref} has the clientMsgId ${item.clientMsgId}` });
  if (send.outcome === 'fail')
    report('aborted-read', {
      ...facts,
      user: undefined,
      detail: `${ref} was refused (${send.attempts[0].code}) and is there`,
    });
  const known = places.get(ref);
  if (!known) places.set(ref, { seq, view });
  else if (known.seq !== seq) {
    const here = known.view === view || view.op === 'table';
    const name = here ? 'duplicate' : 'order-divergence';
    report('duplicate', { conversation, ref, detail: `${ref} is at seq ${known.seq} and at ${seq}` });
    if (name === 'order-divergence')
      report(name, {
        conversation,
        ref,
        detail: `${nameOf(known.view)} has ${ref} at ${known.seq}, ${nameOf(view)} at ${seq}`,
      });
  }
}

const nameOf = (view) => view.device ?? 'the database';

/** A retry is answered as the first time, and only one answer is the first. */
function oneAnswer(send, report) {
  const [first, ...others] = send.acks;
  if (!first) return;
  const { conversation, ref, user } = send;
  for (const ack of others)
    if (ack.seq !== first.seq || ack.messageId !== first.messageId)
      report('ack-mismatch', {
        conversation,
        ref,
        user,
        seq: first.seq,
        detail: `${ref} was acked as ${first.messageId} seq ${first.seq} and as ${ack.messageId} seq ${ack.seq}`,
      });
  if (send.acks.filter(({ duplicate }) => !duplicate).length > 1)
    report('ack-mismatch', { conversation, ref, user, detail: `${ref} was acked as new more than once` });
}

/** What was acked is at its seq, for everybody who may read it, in the last views and in the table. */
function oneMessage(model, send, report) {
  if (send.outcome !== 'ok') return;
  const { conversation, ref, seq } = send;
  const place = model.logs.get(conversation)?.get(seq);
  if (place && place.ref !== ref)
    report('inconsistent-offset', {
      conversation,
      seq,
      ref,
      detail: `seq ${seq} was acked for ${ref} and is ${place.ref ?? place.event}`,
    });
  const table = model.tables.get(conversation);
  if (table && !refsOf(table).has(ref))
    report('lost', { conversation, seq, ref, detail: `${ref} was acked and is not in the database` });
  for (const view of finalViews(model).get(conversation) ?? [])
    if (!view.refs.has(ref) && seq >= view.from && seq < view.to && isTheirs(model, conversation, view.user, seq))
      report('lost', {
        conversation,
        seq,
        ref,
        user: view.user,
        detail: `${ref} was acked and is not in what ${view.user} reads ${view.direction}`,
      });
}

/** Within the time that a reading now shows: for who came back, since they did. */
function isTheirs(model, conversation, user, seq) {
  if (!model.intervals.has(conversation)) return true;
  const interval = lastInterval(model, conversation, user);
  return interval !== undefined && seq >= interval.from && seq < interval.to;
}

/** Shown live or on a page, and not in the log in the end: it was taken back. */
function vanished(model, report) {
  for (const view of model.views) {
    if (view.op === 'table') continue;
    for (const item of view.items) {
      const table = model.tables.get(item.conversation);
      if (!table || idsOf(table).has(item.id) || model.sends.get(item.ref)?.outcome === 'ok') continue;
      report('aborted-read', {
        conversation: item.conversation,
        seq: item.seq,
        ref: item.ref,
        detail: `${item.ref ?? item.event} was shown to ${view.device} and is not in the database`,
      });
    }
  }
}

const memo = new WeakMap();
const remembered = (key, name, make) => {
  const known = memo.get(key) ?? {};
  memo.set(key, known);
  return (known[name] ??= make());
};
const refsOf = (table) => remembered(table, 'refs', () => new Set(table.items.map(({ ref }) => ref)));
const idsOf = (table) => remembered(table, 'ids', () => new Set(table.items.map(({ id }) => id)));

/** conversation → one view for each reader and direction: the pages of its last reading put together. */
export function finalViews(model) {
  return remembered(model, 'final', () => {
    const views = new Map();
    for (const page of model.views) {
      if (!page.final) continue;
      const key = `${page.conversation}|${page.device}|${page.final}`;
      const view = views.get(key) ?? {
        conversation: page.conversation,
        user: page.user,
        device: page.device,
        direction: page.final,
        from: page.final === 'cursor' ? (page.after ?? 0) + 1 : 0,
        to: Infinity,
        refs: new Set(),
        items: [],
        complete: false,
      };
      views.set(key, view);
      for (const item of page.items) {
        view.refs.add(item.ref);
        view.items.push(item);
      }
      view.complete = page.hasMore === false;
      view.lastSeq = page.lastSeq;
    }
    const byConversation = new Map();
    for (const view of views.values()) {
      const list = byConversation.get(view.conversation) ?? [];
      byConversation.set(view.conversation, list);
      list.push(view);
    }
    return byConversation;
  });
}
