import { createHash } from 'node:crypto';

/** Histories by hand: a small world in which time passes by one with every step. */
export class Synthetic {
  operations = [];
  #now = 0;
  /** conversation → what the database holds. */
  #logs = new Map();

  constructor() {
    this.group = 'g1';
    this.system('ann', 'created');
    this.system('ben', 'member_joined');
  }

  get now() {
    return ++this.#now;
  }

  /** The log that the database will show. */
  log(conversation = this.group) {
    if (!this.#logs.has(conversation)) this.#logs.set(conversation, []);
    return this.#logs.get(conversation);
  }

  /** @returns the item that it put at the end of the log */
  system(subject, event, conversation = this.group) {
    return this.#append({ conversation, sender: 'ann', type: 'system', event, subject });
  }

  /** A send that goes well and is stored. `more` overwrites what is recorded. */
  send(user, ref, more = {}) {
    const conversation = more.conversation ?? this.group;
    const stored = this.#append({ conversation, sender: user, type: 'text', ref, hash: hashOf(ref) });
    return this.attempt(user, ref, { outcome: 'ok', seq: stored.seq, messageId: stored.id, duplicate: false, ...more });
  }

  /** What one attempt to send was answered; nothing is stored. */
  attempt(user, ref, more) {
    const operation = {
      op: 'send',
      device: `${user}-1`,
      user,
      conversation: this.group,
      connection: 1,
      clientMsgId: ref,
      ref,
      hash: hashOf(ref),
      invoke: this.now,
      complete: this.now,
      ...more,
    };
    this.operations.push(operation);
    return operation;
  }

  push(user, items, more = {}) {
    this.operations.push({ op: 'push', device: `${user}-1`, user, connection: 1, at: this.now, items, ...more });
  }

  /** A page as the server would give it, unless `items` says otherwise. */
  history(user, { after, before, items, ...more } = {}) {
    const log = this.log(more.conversation);
    const joins = log.filter(({ type, subject }) => type === 'system' && subject === user);
    const from = joins.at(-1)?.seq ?? 1;
    const ascending = before === undefined;
    const mine = log.filter(({ seq }) => seq >= from);
    const rows = ascending
      ? mine.filter(({ seq }) => seq > (after ?? 0))
      : mine.filter(({ seq }) => seq < before).reverse();
    this.operations.push({
      op: 'history',
      device: `${user}-1`,
      user,
      conversation: this.group,
      ...(ascending ? { after: after ?? 0 } : { before }),
      invoke: this.now,
      complete: this.now,
      outcome: 'ok',
      items: items ?? rows,
      hasMore: false,
      lastSeq: log.at(-1)?.seq ?? 0,
      ...more,
    });
  }

  sync(user, heads, more = {}) {
    const [invoke, complete] = [this.now, this.now];
    this.operations.push({
      op: 'sync',
      device: `${user}-1`,
      user,
      cursors: {},
      invoke,
      complete,
      outcome: 'ok',
      heads,
      more: false,
      ...more,
    });
  }

  change(op, user, more = {}) {
    const [invoke, complete] = [this.now, this.now];
    this.operations.push({ op, user, conversation: this.group, invoke, complete, outcome: 'ok', ...more });
  }

  read(user, readSeq, more = {}) {
    const [invoke, complete] = [this.now, this.now];
    this.operations.push({
      op: 'read',
      device: `${user}-1`,
      user,
      conversation: this.group,
      invoke,
      complete,
      outcome: 'ok',
      readSeq,
      unread: 0,
      ...more,
    });
  }

  /** The last readings, of the log as it is unless `items` says otherwise, and the tables. */
  end({ readers = ['ann', 'ben'], items, tables = true } = {}) {
    for (const user of readers) {
      this.history(user, { final: 'forward', device: `${user}-fresh`, ...(items ? { items } : {}) });
      const all = items ? [...items].reverse() : undefined;
      this.history(user, {
        before: Infinity,
        final: 'backward',
        device: `${user}-fresh`,
        ...(all ? { items: all } : {}),
      });
    }
    if (!tables) return this.operations;
    for (const [conversation, log] of this.#logs)
      this.operations.push({ op: 'table', conversation, items: log, lastSeq: log.at(-1)?.seq ?? 0 });
    return this.operations;
  }

  #append(item) {
    const log = this.log(item.conversation);
    const seq = (log.at(-1)?.seq ?? 0) + 1;
    const stored = { seq, id: `${item.conversation}-${seq}`, ...item };
    log.push(stored);
    return stored;
  }
}

export const hashOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
