import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { merge, summary } from '../measure/latency.mjs';
import { sharedClock } from '../measure/clock.mjs';

const ENTRY = fileURLToPath(new URL('worker.mjs', import.meta.url));
// from the command to the first message: workers must have it by then
const LEAD_MS = 60;
const PATIENCE_MS = 15_000;

/**
 * The load generator: worker processes that share a clock and a schedule. A crowd is a set of connections to one
 * target, and a seat is a connection's number in it; seats go round the workers, so pairs talk across processes.
 */
export class Fleet {
  #workers;
  #loads = 0;
  #run = Date.now().toString(36);

  constructor(workers, clock) {
    this.#workers = workers;
    this.clock = clock;
  }

  static async start({ workers = 2 } = {}) {
    const origin = process.hrtime.bigint();
    const clock = sharedClock(origin);
    const list = Array.from({ length: workers }, () => new Worker());
    await Promise.all(list.map((worker) => worker.do('start', { origin: String(origin) })));
    await Promise.all(list.map((worker) => checkClock(worker, clock)));
    return new Fleet(list, clock);
  }

  /**
   * Opens a connection for each seat and waits until all are let in.
   *
   * @param {string} crowd
   * @param {{ url: string, auth: object }[]} seats
   * @returns {Promise<{ tookMs: number, eachMs: number[] }>}
   */
  async connect(crowd, seats, { checkOrder = true, first = 0 } = {}) {
    const begun = performance.now();
    const numbered = seats.map((seat, index) => ({ ...seat, seat: first + index }));
    const times = await this.#each((index) => [
      'connect',
      { crowd, checkOrder, seats: numbered.filter(({ seat }) => this.#workerOf(seat) === index) },
    ]);
    return { tookMs: performance.now() - begun, eachMs: times.flat() };
  }

  /**
   * Sends `rate` messages a second for `warmUpS + seconds`, round the senders, whatever becomes of them, and waits for
   * acks and deliveries. Figures are of the measured seconds; counts are of all.
   *
   * @param {string} crowd
   * @param {{ senders: { seat: number, target: object, copies: number }[], rate: number, seconds: number, warmUpS?: number }} plan
   *   `target` names the recipient as the protocol does, `copies` says how many connections get a message
   */
  async load(crowd, { senders, rate, seconds, warmUpS = 1, patienceMs = PATIENCE_MS, expectAll = true }) {
    const total = Math.round(rate * (warmUpS + seconds));
    await this.#each(() => ['arm', { crowd }]);
    const startAt = this.clock() + LEAD_MS;
    const from = startAt + warmUpS * 1000;
    const common = {
      crowd,
      run: `${this.#run}-${this.#loads++}`,
      rate,
      total,
      startAt,
      from,
      until: from + seconds * 1000,
      patienceMs,
    };
    const numbered = senders.map(({ seat, target }, at) => ({ seat, target: JSON.stringify(target).slice(1, -1), at }));
    const sent = await this.#each((index) => {
      const list = numbered.filter(({ seat }) => this.#workerOf(seat) === index);
      return ['load', { ...common, sends: { list, of: numbered.length } }];
    });
    const expected = expectAll ? expectedCopies(senders, total, sum(sent, 'ok')) : undefined;
    const received = await this.#settle(expected, patienceMs);
    const endedAt = this.clock();
    const parts = await this.#each(() => ['result']);
    const refusals = {};
    for (const part of parts)
      for (const [code, count] of Object.entries(part.refusals)) refusals[code] = (refusals[code] ?? 0) + count;
    const ok = sum(parts, 'ok');
    return {
      offered: rate,
      total,
      ok,
      refusals,
      unanswered: total - ok - Object.values(refusals).reduce((all, count) => all + count, 0),
      /** Acks a second within the measured time. */
      achieved: Math.round(sum(parts, 'okInWindow') / seconds),
      deliveries: received,
      expectedDeliveries: expected,
      deliveriesPerSecond: Math.round(sum(parts, 'receivedInWindow') / seconds),
      closures: sum(parts, 'closures'),
      ack: summary(merge(parts.map((part) => part.ack))),
      endToEnd: summary(merge(parts.map((part) => part.endToEnd))),
      /** From the first send to the last copy. */
      drainedMs: Math.max(...parts.map(({ lastAt }) => lastAt)) - startAt,
      generator: ownCost(sent, total, endedAt - startAt),
    };
  }

  /** What connections have seen that must not be: holes, repeats, disorder. */
  async problems(crowd) {
    return (await this.#each(() => ['problems', { crowd }])).flat();
  }

  /** How far each seat has come in each of its conversations. */
  async ends(crowd) {
    return (await this.#each(() => ['ends', { crowd }])).flat();
  }

  /** Brings readers who missed something back in sync, all at once; `tookMs` until the last one is. */
  async catchUp(crowd, readers) {
    const begun = this.clock();
    const parts = await this.#each((index) => [
      'catchUp',
      { crowd, readers: readers.filter((_, n) => this.#workerOf(n) === index) },
    ]);
    const tookMs = Math.round(Math.max(...parts.map(({ doneAt }) => doneAt)) - begun);
    return { tookMs, problems: parts.flatMap(({ problems }) => problems) };
  }

  /** Opens anew what the server has closed. */
  reconnect(crowd) {
    return this.#each(() => ['reconnect', { crowd }]);
  }

  /** Resolves when every connection has answered. */
  ping(crowd) {
    return this.#each(() => ['ping', { crowd }]);
  }

  pause(crowd, seats) {
    return this.#onSeats('pause', crowd, seats);
  }

  resume(crowd, seats) {
    return this.#onSeats('resume', crowd, seats);
  }

  close(crowd) {
    return this.#each(() => ['close', { crowd }]);
  }

  async stop() {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  #workerOf(seat) {
    return seat % this.#workers.length;
  }

  #each(make) {
    return Promise.all(this.#workers.map((worker, index) => worker.do(...make(index))));
  }

  #onSeats(command, crowd, seats) {
    return this.#each((index) => [command, { crowd, seats: seats.filter((seat) => this.#workerOf(seat) === index) }]);
  }

  /** Waits until `expected` copies are there, or none has come for a while. */
  async #settle(expected, patienceMs) {
    let last = -1;
    for (let quietSince = performance.now(); ;) {
      const received = (await this.#each(() => ['received'])).reduce((all, count) => all + count, 0);
      if (received !== last) quietSince = performance.now();
      last = received;
      const quietMs = performance.now() - quietSince;
      // at the expected count a little longer, for a copy too many
      if (quietMs > (expected === undefined || received >= expected ? 100 : patienceMs)) return received;
      await sleep(25);
    }
  }
}

class Worker {
  #calls = new Map();
  #next = 0;

  constructor() {
    this.child = fork(ENTRY);
    this.child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#calls.get(id);
      this.#calls.delete(id);
      if (error) reject(new Error(`In a worker: ${error}`));
      else resolve(result);
    });
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    void this.exited.then((code) => {
      for (const { reject } of this.#calls.values()) reject(new Error(`A worker ended (${code})`));
    });
  }

  do(command, args) {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#calls.set(id, { resolve, reject });
      this.child.send({ id, command, args });
    });
  }

  async stop() {
    if (this.child.connected) this.child.disconnect();
    await this.exited;
  }
}

/** End-to-end latency is a difference of two processes' clocks, so they must agree. */
async function checkClock(worker, clock) {
  for (let i = 0; i < 5; i++) {
    const before = clock();
    const there = await worker.do('now');
    const after = clock();
    if (there < before - 0.1 || there > after + 0.1)
      throw new Error(`A worker's clock reads ${there} ms between ${before} and ${after} of ours`);
  }
}

/** How many copies must come; undefined where it cannot be told, since it is not known whose sends were refused. */
function expectedCopies(senders, total, ok) {
  const { copies } = senders[0];
  if (senders.every((sender) => sender.copies === copies)) return ok * copies;
  if (ok < total) return undefined;
  const sendsOf = (at) => Math.floor(total / senders.length) + (at < total % senders.length ? 1 : 0);
  return senders.reduce((all, sender, at) => all + sender.copies * sendsOf(at), 0);
}

function ownCost(sent, total, elapsedMs) {
  const micros = sent.map(({ cpu }) => cpu.user + cpu.system);
  return {
    cpuUsPerMessage: Math.round(micros.reduce((all, one) => all + one, 0) / total),
    /** Of one core, the busiest worker: near 1 it was the bottleneck. */
    busiest: Math.round((Math.max(...micros) / 1000 / elapsedMs) * 100) / 100,
  };
}

const sum = (parts, key) => parts.reduce((all, part) => all + part[key], 0);
