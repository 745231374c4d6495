import { histogram } from '../measure/latency.mjs';

/** One load's latencies and counts in one worker. Only what was due within the measured time enters the histograms. */
export class Recorder {
  /** The measured time, in ms of the shared clock; set when it is known. */
  from = Infinity;
  until = Infinity;
  ok = 0;
  okInWindow = 0;
  received = 0;
  receivedInWindow = 0;
  closures = 0;
  /** When the last copy came. */
  lastAt = 0;
  refusals = {};
  ack = histogram();
  endToEnd = histogram();

  acked(due, now) {
    this.ok++;
    if (now >= this.from && now < this.until) this.okInWindow++;
    if (due >= this.from) this.ack.recordValue(Math.max(0, Math.round((now - due) * 1000)));
  }

  refused(code) {
    this.refusals[code] = (this.refusals[code] ?? 0) + 1;
  }

  delivered(due, now) {
    this.received++;
    this.lastAt = now;
    if (now >= this.from && now < this.until) this.receivedInWindow++;
    if (due >= this.from) this.endToEnd.recordValue(Math.max(0, Math.round((now - due) * 1000)));
  }

  /** A connection that the server ended. */
  closed() {
    this.closures++;
  }
}
