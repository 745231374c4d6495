import { WebSocket } from 'ws';
import { SeqLedger } from './seq-ledger.mjs';

const NAMESPACE = '/im,';
const STAMP_MARK = '@@';
const STAMP_LENGTH = 14;
const FILL =
  'The flock turned over the mud flats, a thousand wings at once, and every bird knew where the next one would be. '
    .repeat(2)
    .slice(0, 150 - STAMP_MARK.length - STAMP_LENGTH - 1);
// Frames of a client must be masked; a fixed mask saves the generator a random number and costs the server the same.
const mask = (bytes) => bytes.set([0x5a, 0xc3, 0x17, 0x9e]);

/**
 * One Socket.IO client on a WebSocket, with the packets written and read by hand: what a message costs here is not
 * there for the server under test.
 */
export class Connection {
  ledger;
  #socket;
  #waiting = new Map();
  #calls = new Map();
  #nextAck = 0;
  #clock;
  #recorder;
  #opened;

  /**
   * @param {{ url: string, auth: object, clock: () => number, checkOrder: boolean }} options
   */
  constructor({ url, auth, clock, checkOrder }) {
    this.url = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
    this.auth = auth;
    this.#clock = clock;
    this.ledger = checkOrder ? new SeqLedger() : undefined;
  }

  /** Who is told of acks and deliveries from now on. */
  set recorder(recorder) {
    this.#recorder = recorder;
  }

  /** Acks that are still due. */
  get pending() {
    return this.#waiting.size;
  }

  /** Resolves when the namespace has let us in. */
  open() {
    return new Promise((resolve, reject) => {
      this.#opened = { resolve, reject };
      this.closed = false;
      const socket = new WebSocket(this.url, {
        perMessageDeflate: false,
        skipUTF8Validation: true,
        generateMask: mask,
      });
      this.#socket = socket;
      socket.on('message', (data) => this.#receive(data));
      socket.on('error', reject);
      socket.on('close', (code) => {
        this.closed = true;
        reject(new Error(`closed with ${code}`));
        if (!this.closing) this.#recorder?.closed(code);
      });
    });
  }

  /** Sends a text whose latency counts from `due`. `target` is the beginning of the payload, as JSON without its end. */
  send(target, clientMsgId, due) {
    const id = this.#nextAck++;
    this.#waiting.set(id, due);
    const text = `${STAMP_MARK}${due.toFixed(3).padStart(STAMP_LENGTH, '0')} ${FILL}`;
    this.#socket.send(
      `42${NAMESPACE}${id}["message:send",{${target},"clientMsgId":"${clientMsgId}","type":"text","content":{"text":"${text}"}}]`,
    );
  }

  /** Any other event; resolves with the ack's argument. */
  call(event, payload) {
    const id = this.#nextAck++;
    return new Promise((resolve) => {
      this.#calls.set(id, resolve);
      this.#socket.send(`42${NAMESPACE}${id}${JSON.stringify([event, payload])}`);
    });
  }

  /** Resolves when the server's WebSocket answers. */
  ping() {
    return new Promise((resolve, reject) => {
      this.#socket.once('pong', resolve);
      this.#socket.once('close', () => reject(new Error('closed')));
      this.#socket.ping();
    });
  }

  /** Reads no more, like a reader whose network hangs. */
  pause() {
    this.#socket.pause();
  }

  resume() {
    this.#socket.resume();
  }

  close() {
    this.closing = true;
    this.#socket.terminate();
  }

  #receive(data) {
    const packet = data.latin1Slice(0, data.length);
    if (packet.startsWith('42/im,')) this.#event(packet);
    else if (packet.startsWith('43/im,')) this.#ack(packet);
    else if (packet === '2') this.#socket.send('3');
    else if (packet[0] === '0') this.#socket.send(`40${NAMESPACE}${JSON.stringify(this.auth)}`);
    else if (packet.startsWith('40/im')) this.#opened.resolve();
    else if (packet.startsWith('44/im')) this.#opened.reject(new Error(packet));
  }

  #ack(packet) {
    const bracket = packet.indexOf('[', 6);
    const id = Number(packet.slice(6, bracket));
    const due = this.#waiting.get(id);
    if (due === undefined) {
      this.#calls.get(id)?.(JSON.parse(packet.slice(bracket))[0]);
      this.#calls.delete(id);
      return;
    }
    this.#waiting.delete(id);
    if (packet.startsWith('[{"ok":true', bracket)) {
      this.#recorder?.acked(due, this.#clock());
      if (this.ledger) this.ledger.acked(textAfter(packet, '"conversationId":"', bracket), seqAt(packet, bracket).seq);
    } else {
      this.#recorder?.refused(/"code":"(\w+)"/.exec(packet)?.[1] ?? packet.slice(0, 200));
    }
  }

  /** Reads the numbers out of `messages` without making objects of them. */
  #event(packet) {
    if (!packet.startsWith('["messages"', 6)) return;
    const now = this.#clock();
    let stampAt = packet.indexOf(STAMP_MARK, 17);
    let at = 17;
    while (stampAt >= 0) {
      this.#recorder?.delivered(Number(packet.slice(stampAt + 2, stampAt + 2 + STAMP_LENGTH)), now);
      if (this.ledger) {
        const conversation = textAfter(packet, '"conversationId":"', at);
        const found = seqAt(packet, at);
        this.ledger.pushed(conversation, found.seq);
        // each message has one of each, in whatever order: go on past the later of them
        at = Math.max(found.end, stampAt);
      }
      stampAt = packet.indexOf(STAMP_MARK, stampAt + 2);
    }
  }
}

function textAfter(packet, key, from) {
  const start = packet.indexOf(key, from) + key.length;
  return packet.slice(start, packet.indexOf('"', start));
}

function seqAt(packet, from) {
  let end = packet.indexOf('"seq":', from) + 6;
  let seq = 0;
  for (; ; end++) {
    const digit = packet.charCodeAt(end) - 48;
    if (!(digit >= 0 && digit <= 9)) return { seq, end };
    seq = seq * 10 + digit;
  }
}
