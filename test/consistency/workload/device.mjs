import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { bodyOf, hashOf, itemOf } from './bodies.mjs';
import { codeOutcome, outcomeOf } from './outcomes.mjs';

const ACK_MS = 6000;

/** One device of one person: a socket, what it has seen, and how far it is in each conversation. */
export class Device {
  /** conversation → the last seq before its first hole. */
  cursors = new Map();
  /** conversation → seqs seen beyond the cursor. */
  #ahead = new Map();
  /** How often it was connected. */
  connections = 0;
  /** When a sync last came to its end. */
  syncedAt = 0;

  /** @param {import('./recorder.mjs').Recorder} recorder */
  constructor(recorder, person, name, url) {
    this.recorder = recorder;
    this.person = person;
    this.name = name;
    this.url = url;
  }

  get facts() {
    return { device: this.name, user: this.person.id };
  }

  get connected() {
    return this.socket?.connected ?? false;
  }

  /** Opens the socket; it comes back by itself until {@link close}. Resolves when it is there for the first time. */
  async connect(url = this.url, transports = ['websocket']) {
    this.url = url;
    const socket = io(`${url}/im`, {
      auth: (give) => give({ token: this.person.token }),
      transports,
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1000,
      timeout: 5000,
    });
    this.socket = socket;
    socket.on('messages', (messages) => this.#receive(messages));
    socket.on('connect', () => {
      this.recorder.record({ op: 'connect', ...this.facts, connection: ++this.connections, at: this.recorder.now });
      if (this.connections > 1) void this.#catchUp(this.connections);
    });
    // one that the server closed or refused, as while no service answers, is not tried again by the client itself
    const again = () => {
      if (this.socket === socket && !socket.active) setTimeout(() => this.socket === socket && socket.connect(), 200);
    };
    socket.on('connect_error', again);
    socket.on('disconnect', () => {
      this.recorder.record({ op: 'disconnect', ...this.facts, connection: this.connections, at: this.recorder.now });
      again();
    });
    await new Promise((resolve) => socket.once('connect', resolve));
  }

  close() {
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
  }

  /**
   * One attempt to send. The outcome is in the history and is the answer.
   * @param {{ clientMsgId?: string, url?: string }} [more] `url`: over HTTP, to that gateway
   */
  async send(conversation, ref, { clientMsgId = ref, url, target = { conversationId: conversation } } = {}) {
    const text = bodyOf(ref);
    const facts = {
      op: 'send',
      ...this.facts,
      conversation,
      // a request has one of its own, which nothing orders against the socket
      ...(url ? {} : { connection: this.connections }),
      clientMsgId,
      ref,
      hash: hashOf(text),
    };
    const body = { clientMsgId, type: 'text', content: { text } };
    return this.recorder.operation(facts, async () => {
      const answer = url
        ? await this.person.http('POST', `/conversations/${conversation}/messages`, body, { url })
        : await this.#ask('message:send', { ...target, ...body });
      const { outcome, code, data } = answer;
      if (outcome !== 'ok') return { outcome, code };
      const { messageId, seq, duplicate } = data;
      return { outcome, messageId, seq, duplicate };
    });
  }

  /** Until it is acked or refused for good; the attempts are one send. */
  async sendUntilSettled(conversation, ref, { signal, ...more } = {}) {
    for (;;) {
      const attempt = await this.send(conversation, ref, more);
      if (attempt.outcome === 'ok' || (attempt.outcome === 'fail' && !RETRYABLE.has(attempt.code))) return attempt;
      if (signal?.aborted) return attempt;
      await sleep(150);
    }
  }

  async read(conversation, seq) {
    const facts = { op: 'read', ...this.facts, conversation, seq };
    return this.recorder.operation(facts, async () => {
      const { outcome, code, data } = await this.#ask('conversation:read', { conversationId: conversation, seq });
      return { outcome, code, ...data };
    });
  }

  /** What is new, and then all of it. @returns whether it came to an end */
  async sync(final) {
    for (let round = 0; round < 20; round++) {
      const cursors = Object.fromEntries(this.cursors);
      const facts = { op: 'sync', ...this.facts, cursors, ...(final ? { final } : {}) };
      const { outcome, heads, more } = await this.recorder.operation(facts, async () => {
        const answer = await this.#ask('sync', { cursors });
        if (answer.outcome !== 'ok') return { outcome: answer.outcome, code: answer.code };
        const heads = answer.data.conversations.map(({ id, ...head }) => ({ conversation: id, ...head }));
        return { outcome: 'ok', heads, more: answer.data.more };
      });
      if (outcome !== 'ok') return false;
      for (const { conversation } of heads) if (!(await this.fill(conversation, final))) return false;
      if (!more) {
        this.syncedAt = performance.now();
        return true;
      }
    }
    return false;
  }

  /** Pages from one's own cursor to the end. */
  async fill(conversation, final) {
    // of its own, since pushes move the cursor meanwhile
    for (let after = this.cursors.get(conversation) ?? 0; ;) {
      const page = await this.page(conversation, { after, limit: 200, final });
      if (page.outcome !== 'ok') return page.outcome === 'fail' && !RETRYABLE.has(page.code);
      for (const { seq } of page.items) this.#see(conversation, seq);
      // what a page leaves out before its first message is not this person's to see
      if (page.items.length > 0) {
        after = page.items.at(-1).seq;
        this.#moveTo(conversation, after);
      }
      if (!page.hasMore) return true;
    }
  }

  /** One page, over the socket or (with `before`) over HTTP. */
  async page(conversation, { after, before, limit = 100, final }) {
    const range = before === undefined ? { after } : { before };
    const facts = { op: 'history', ...this.facts, conversation, ...range, limit, ...(final ? { final } : {}) };
    return this.recorder.operation(facts, async () => {
      const answer =
        before === undefined
          ? await this.#ask('conversation:sync', { conversationId: conversation, afterSeq: after, limit })
          : await this.person.http(
              'GET',
              `/conversations/${conversation}/messages?beforeSeq=${before}&limit=${limit}`,
              undefined,
              { url: this.url },
            );
      if (answer.outcome !== 'ok') return { outcome: answer.outcome, code: answer.code };
      const { messages, hasMore, lastSeq } = answer.data;
      return { outcome: 'ok', items: messages.map(itemOf), hasMore, lastSeq };
    });
  }

  /** After a reconnect, until it went through or the connection is another one. */
  async #catchUp(connection) {
    while (this.connected && this.connections === connection && !(await this.sync())) await sleep(300);
  }

  async #ask(event, payload) {
    const { socket } = this;
    if (!socket) return { outcome: 'info', code: 'closed' };
    try {
      return codeOutcome(await socket.timeout(ACK_MS).emitWithAck(event, payload));
    } catch (error) {
      return outcomeOf(error);
    }
  }

  #receive(messages) {
    const items = messages.map(itemOf);
    this.recorder.record({ op: 'push', ...this.facts, connection: this.connections, at: this.recorder.now, items });
    for (const { conversation, seq } of items) this.#see(conversation, seq);
  }

  #see(conversation, seq) {
    const ahead = this.#ahead.get(conversation) ?? new Set();
    this.#ahead.set(conversation, ahead.add(seq));
    let cursor = this.cursors.get(conversation);
    if (cursor === undefined) return; // unknown until a page has told where it begins
    while (ahead.delete(cursor + 1)) cursor++;
    this.cursors.set(conversation, cursor);
  }

  #moveTo(conversation, seq) {
    const cursor = Math.max(seq, this.cursors.get(conversation) ?? 0);
    this.cursors.set(conversation, cursor);
    this.#see(conversation, cursor);
  }
}

/** Refusals that a client tries again after. */
export const RETRYABLE = new Set(['busy', 'rate_limited']);
