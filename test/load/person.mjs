import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';

const ACK_MS = 6000;

/** A client that keeps the contract: resends until acked, fills holes, syncs after a reconnect, shows each message once. */
export class Person {
  /** conversation → seq → clientMsgId or text, as this device shows it. */
  views = new Map();
  acked = [];
  latencies = [];
  deliveries = [];
  /** Counted per run: pushed twice on one connection; pushed out of order; found by sync rather than pushed. */
  repeats = 0;
  disorder = 0;
  recovered = 0;
  refusals = 0;
  #queue = Promise.resolve();
  #filling = new Map();
  #mending = new Set();
  #pushed = new Map();
  #newest = new Map();
  #filled = new Map();
  /** The join, since the first sync comes before the first message. */
  #oldest = new Map();

  constructor(name, url) {
    this.name = name;
    this.url = url;
  }

  async http(method, path, body) {
    for (let attempt = 0; ; attempt++) {
      const response = await fetch(`${this.url}/api/v1${path}`, {
        method,
        headers: {
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      if (response.ok) return text === '' ? null : JSON.parse(text);
      if (response.status < 500 || attempt === 5) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      await sleep(200 * (attempt + 1));
    }
  }

  async register() {
    const { user, accessToken } = await this.http('POST', '/auth/register', {
      username: this.name,
      password: 'correct horse battery',
    });
    this.id = user.id;
    this.token = accessToken;
  }

  async connect() {
    this.socket = io(`${this.url}/im`, {
      auth: { token: this.token },
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1000,
    });
    this.socket.on('messages', (messages) => this.#receive(messages));
    this.socket.on('connect', () => {
      this.#pushed.clear();
      if (this.connected) void this.sync();
      this.connected = true;
    });
    await new Promise((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('connect_error', reject);
    });
  }

  /** Open loop: counts from the intended time; one device's sends leave in order. */
  send(target, clientMsgId, text, intended = performance.now()) {
    this.#queue = this.#queue.then(async () => {
      for (;;) {
        const answer = await this.#ask('message:send', { ...target, clientMsgId, type: 'text', content: { text } });
        if (answer?.ok) {
          this.latencies.push(performance.now() - intended);
          this.acked.push({ clientMsgId, ...answer.data });
          this.#show(answer.data.conversationId, answer.data.seq, text);
          return;
        }
        this.refusals++;
        if (answer && !answer.error.retryable) throw new Error(`${this.name}: ${JSON.stringify(answer.error)}`);
        await sleep(answer?.error.retryAfterMs ?? 100);
      }
    });
    return this.#queue;
  }

  /** Everything missed, until nothing is. */
  async sync() {
    for (;;) {
      const cursors = Object.fromEntries([...this.views.keys()].map((id) => [id, this.#cursor(id)]));
      const answer = await this.#ask('sync', { cursors });
      if (!answer?.ok) {
        await sleep(100);
        continue;
      }
      for (const { id } of answer.data.conversations) await this.#fill(id);
      if (!answer.data.more) return;
    }
  }

  close() {
    this.socket?.close();
  }

  async #ask(event, payload) {
    try {
      return await this.socket.timeout(ACK_MS).emitWithAck(event, payload);
    } catch {
      return undefined; // no answer: the outcome is unknown
    }
  }

  #receive(messages) {
    const now = Date.now();
    for (const message of messages) {
      const { conversationId, seq } = message;
      const last = this.#pushed.get(conversationId) ?? 0;
      if (seq === last) this.repeats++;
      else if (seq < last) this.disorder++;
      this.#pushed.set(conversationId, Math.max(seq, last));
      this.deliveries.push(now - Date.parse(message.sentAt));
      this.#show(conversationId, seq, message.content.text ?? message.content.event);
    }
    for (const id of new Set(messages.map((message) => message.conversationId))) {
      if (this.#hasHole(id)) void this.#mend(id);
    }
  }

  /** A hole may be one's own message whose ack is on its way: give it time, then ask. */
  async #mend(id) {
    if (this.#mending.has(id)) return;
    this.#mending.add(id);
    await sleep(1000);
    if (this.#hasHole(id)) await this.#fill(id);
    this.#mending.delete(id);
  }

  async #fill(id) {
    if (this.#filling.has(id)) return this.#filling.get(id);
    const work = (async () => {
      for (;;) {
        const answer = await this.#ask('conversation:sync', {
          conversationId: id,
          afterSeq: this.#cursor(id),
          limit: 200,
        });
        if (!answer?.ok) {
          if (answer && !answer.error.retryable) return;
          await sleep(100);
          continue;
        }
        for (const message of answer.data.messages)
          if (this.#show(id, message.seq, message.content.text ?? message.content.event)) this.recovered++;
        if (!answer.data.hasMore) return;
      }
    })();
    this.#filling.set(id, work);
    await work;
    this.#filling.delete(id);
  }

  /** The last seq before the first hole. */
  #cursor(id) {
    const view = this.views.get(id) ?? new Map();
    let seq = Math.max(this.#filled.get(id) ?? 0, (this.#oldest.get(id) ?? 1) - 1);
    while (view.has(seq + 1)) seq++;
    this.#filled.set(id, seq);
    return seq;
  }

  #hasHole(id) {
    return this.#newest.get(id) - this.#oldest.get(id) + 1 > this.views.get(id).size;
  }

  #show(id, seq, text) {
    this.#newest.set(id, Math.max(seq, this.#newest.get(id) ?? 0));
    this.#oldest.set(id, Math.min(seq, this.#oldest.get(id) ?? seq));
    const view = this.views.get(id) ?? new Map();
    this.views.set(id, view);
    if (view.has(seq)) {
      if (view.get(seq) !== text) throw new Error(`${this.name}: two messages at ${id} ${seq}`);
      return false;
    }
    view.set(seq, text);
    return true;
  }
}
