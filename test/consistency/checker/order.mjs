import { groupBy } from './model.mjs';

/** The order of sends in time, held against their seq. */
export function checkOrder(model, report) {
  const acked = [...model.sends.values()].filter(({ outcome }) => outcome === 'ok');
  for (const sends of groupBy(acked, ({ conversation }) => conversation).values()) realtime(sends, report);
  const clean = acked.filter(({ attempts }) => attempts.length === 1 && attempts[0].connection !== undefined);
  const keyOf = ({ conversation, attempts: [{ device, connection }] }) => `${conversation}|${device}|${connection}`;
  for (const sends of groupBy(clean, keyOf).values()) ownOrder(sends, report);
}

/** Linearizability of one conversation: acked before the other one was sent means a smaller seq. */
function realtime(sends, report) {
  const byAck = [...sends].sort((a, b) => a.ackedAt - b.ackedAt);
  let top;
  let next = 0;
  for (const send of [...sends].sort((a, b) => a.invoke - b.invoke)) {
    for (; next < byAck.length && byAck[next].ackedAt < send.invoke; next++)
      if (!top || byAck[next].seq > top.seq) top = byAck[next];
    if (top && top.seq > send.seq)
      report('realtime-inversion', {
        conversation: send.conversation,
        seq: send.seq,
        ref: send.ref,
        other: top.ref,
        detail: `${top.ref} (seq ${top.seq}) was acked before ${send.ref} (seq ${send.seq}) was sent`,
      });
  }
}

/** What one connection sent one after the other, each at the first try, keeps that order. */
function ownOrder(sends, report) {
  sends.sort((a, b) => a.invoke - b.invoke);
  for (let i = 1; i < sends.length; i++) {
    const [first, second] = [sends[i - 1], sends[i]];
    if (second.seq < first.seq && second.invoke > first.invoke)
      report('nonmonotonic-send', {
        conversation: second.conversation,
        seq: second.seq,
        ref: second.ref,
        other: first.ref,
        user: second.user,
        detail: `${second.attempts[0].device} sent ${first.ref} (seq ${first.seq}) before ${second.ref} (seq ${second.seq})`,
      });
  }
}
