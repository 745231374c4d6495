import { availableParallelism } from 'node:os';
import { cpuMs, machineCpuMs, residentBytes } from './cpu.mjs';

/** What a server past its limits may answer instead of taking a message. */
const HONEST_REFUSALS = new Set(['busy', 'rate_limited', 'unavailable', 'timeout']);

/**
 * One load on one target, with what it cost there and whether all was right. Copies and order are checked always; that
 * every send was acked, only where `mayRefuse` is not said.
 */
export async function measuredLoad(fleet, target, plan, { mayRefuse = false, mayClose = false } = {}) {
  const { server, database } = target.pids;
  const read = () => ({
    server: cpuMs(server),
    database: cpuMs(database),
    machine: machineCpuMs(),
    at: performance.now(),
  });
  const before = read();
  const result = await fleet.load(target.crowd, plan);
  const after = read();
  const used = (key) => after[key] - before[key];
  // ms a message are seconds a thousand
  const perMessage = (ms) => Math.round((ms / result.total) * 1000) / 1000;
  const ours = used('server') + used('database') + (result.generator.cpuUsPerMessage * result.total) / 1000;
  const machine = used('at') * availableParallelism();
  return {
    ...result,
    serverCpuS: perMessage(used('server')),
    databaseCpuS: perMessage(used('database')),
    /** The share of the machine that others had meanwhile. */
    elsewhere: Math.max(0, Math.round(((used('machine') - ours) / machine) * 100) / 100),
    serverRssMiB: Math.round(residentBytes(server) / 2 ** 20),
    problems: problemsOf(result, { mayRefuse, mayClose, what: `${target.name} at ${plan.rate}/s` }),
  };
}

function problemsOf(result, { mayRefuse, mayClose, what }) {
  const { total, ok, refusals, unanswered, deliveries, expectedDeliveries, closures } = result;
  const found = [];
  const dishonest = Object.entries(refusals).filter(([code]) => !(mayRefuse && HONEST_REFUSALS.has(code)));
  for (const [code, count] of dishonest) found.push(`${what}: ${count} of ${total} sends refused: ${code}`);
  if (unanswered > 0) found.push(`${what}: ${unanswered} of ${total} sends never answered`);
  if (ok === 0) found.push(`${what}: nothing was acked`);
  if (expectedDeliveries !== undefined && deliveries !== expectedDeliveries)
    found.push(`${what}: ${deliveries} copies came instead of ${expectedDeliveries}`);
  if (closures > 0 && !mayClose) found.push(`${what}: the server closed ${closures} connections`);
  return found;
}
