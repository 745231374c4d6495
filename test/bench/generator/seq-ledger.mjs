/**
 * What one connection saw of each conversation: pushes and own acks. Together they must be a run of numbers without a
 * hole, none of them twice, each kind ascending. Kept as sums, since every message passes through here.
 */
export class SeqLedger {
  #conversations = new Map();

  pushed(conversation, seq) {
    const view = this.#view(conversation);
    if (seq <= view.lastPushed) view.disorder++;
    view.lastPushed = seq;
    note(view, seq);
  }

  acked(conversation, seq) {
    const view = this.#view(conversation);
    if (seq <= view.lastAcked) view.disorder++;
    view.lastAcked = seq;
    note(view, seq);
  }

  /** The highest number seen of each conversation. */
  ends() {
    return new Map([...this.#conversations].map(([id, view]) => [id, view.highest]));
  }

  /** @returns {string[]} what is wrong; empty when nothing is */
  problems() {
    const found = [];
    for (const [id, { lowest, highest, count, sum, squares, disorder }] of this.#conversations) {
      const expected = highest - lowest + 1;
      if (disorder > 0) found.push(`${id}: ${disorder} out of order`);
      if (count !== expected) found.push(`${id}: ${count} of the ${expected} numbers from ${lowest} to ${highest}`);
      // the same count with one number twice and another missing
      else if (sum !== spanSum(lowest, highest) || squares !== squareSum(lowest, highest))
        found.push(`${id}: a number twice and another missing from ${lowest} to ${highest}`);
    }
    return found;
  }

  #view(conversation) {
    let view = this.#conversations.get(conversation);
    if (!view) {
      view = { lowest: Infinity, highest: 0, count: 0, sum: 0, squares: 0, lastPushed: 0, lastAcked: 0, disorder: 0 };
      this.#conversations.set(conversation, view);
    }
    return view;
  }
}

function note(view, seq) {
  if (seq < view.lowest) view.lowest = seq;
  if (seq > view.highest) view.highest = seq;
  view.count++;
  view.sum += seq;
  view.squares = (view.squares + Math.imul(seq, seq)) | 0;
}

const spanSum = (low, high) => ((low + high) * (high - low + 1)) / 2;
// modulo 2^32, since some hundred thousand squares are more than a number holds exactly
const squareSum = (low, high) => Number(BigInt.asIntN(32, squaresTo(BigInt(high)) - squaresTo(BigInt(low - 1))));
const squaresTo = (n) => (n * (n + 1n) * (2n * n + 1n)) / 6n;
