import { checkAcks } from './acks.mjs';
import { checkMembership } from './membership.mjs';
import { checkOrder } from './order.mjs';
import { liveness } from './liveness.mjs';
import { readHistory } from './model.mjs';
import { checkUnread } from './unread.mjs';
import { checkViews } from './views.mjs';

/** What must not happen, by name; docs/reliability.md says what each one is. */
export const ANOMALIES = [
  'lost',
  'phantom',
  'aborted-read',
  'duplicate',
  'inconsistent-offset',
  'gap',
  'nonmonotonic-send',
  'nonmonotonic-poll',
  'order-divergence',
  'realtime-inversion',
  'ack-mismatch',
  'corrupt',
  'leak',
  'stale',
  'unread-drift',
];

/**
 * Holds a history against the promises of a send. A pure function, O(n log n): values are unique and every message
 * carries its seq, so nothing has to be searched for.
 *
 * @param {import('./history.d.mts').Operation[]} operations in any order
 * @returns {import('./history.d.mts').Verdict}
 */
export function check(operations) {
  const model = readHistory(operations);
  const anomalies = [];
  const seen = new Set();
  /** One anomaly is told once, however many views show it. */
  const report = (name, facts) => {
    const key = [name, facts.conversation, facts.seq, facts.ref, facts.user].join('|');
    if (seen.has(key)) return;
    seen.add(key);
    anomalies.push({ name, ...facts });
  };
  checkAcks(model, report);
  checkOrder(model, report);
  checkViews(model, report);
  checkMembership(model, report);
  checkUnread(model, report);
  const counts = Object.fromEntries(ANOMALIES.map((name) => [name, 0]));
  for (const { name } of anomalies) counts[name]++;
  return { valid: anomalies.length === 0, counts, anomalies, ...liveness(model) };
}
