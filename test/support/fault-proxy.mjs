import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a lost packet takes to be sent again: Linux's smallest. */
const RETRANSMIT_MS = 200;
/** Of the lost ones, those that end the connection. */
const RESETS = 0.01;

/** A TCP proxy on loopback that makes what passes late, or lost, or stops it. Bytes keep their order, as TCP has it. */
export class FaultProxy {
  #links = new Set();
  #server;
  #latencyMs = 0;
  #loss = 0;
  /** Directions that are silent: `up` is towards the target. */
  #silent = new Set();
  #refusing = false;
  #breakingAnswers = false;

  /** @param {string} url of the target, with its port */
  static async to(url) {
    const { hostname: host, port } = new URL(url);
    const proxy = new FaultProxy();
    proxy.#server = createServer((socket) => proxy.#link(socket, connect({ host, port: Number(port) })));
    await new Promise((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port() {
    return this.#server.address().port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Added to each direction. */
  delay(ms) {
    this.#latencyMs = ms;
  }

  /** @param {number} share of the chunks, 0 to 1 */
  lose(share) {
    this.#loss = share;
  }

  /** Nothing passes that way any more, and nobody is told. */
  silence(...directions) {
    this.#silent = new Set(directions);
  }

  /** What is asked gets through; its connection ends instead of bringing the answer. */
  breakAnswers() {
    this.#breakingAnswers = true;
  }

  /** Ends every connection and takes no new one. */
  cut() {
    this.#refusing = true;
    for (const { sockets } of this.#links) for (const socket of sockets) socket.resetAndDestroy();
  }

  /** All is well again. Connections that were silent end: what was swallowed cannot be had again. */
  heal() {
    const wasSilent = this.#silent.size > 0;
    this.#latencyMs = 0;
    this.#loss = 0;
    this.#silent.clear();
    this.#refusing = false;
    this.#breakingAnswers = false;
    if (wasSilent)
      for (const { sockets, swallowed } of this.#links)
        if (swallowed) for (const socket of sockets) socket.resetAndDestroy();
  }

  close() {
    this.cut();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  #link(client, target) {
    if (this.#refusing) {
      client.resetAndDestroy();
      target.destroy();
      return;
    }
    const link = { sockets: [client, target], swallowed: false };
    this.#links.add(link);
    this.#pipe(link, client, target, 'up');
    this.#pipe(link, target, client, 'down');
  }

  #pipe(link, from, to, direction) {
    let tail = Promise.resolve();
    let waiting = 0;
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      if (this.#silent.has(direction)) {
        link.swallowed = true;
        return;
      }
      const lost = Math.random() < this.#loss;
      const answers = direction === 'down' && this.#breakingAnswers;
      if (answers || (lost && Math.random() < RESETS))
        return link.sockets.forEach((socket) => socket.resetAndDestroy());
      const ms = this.#latencyMs + (lost ? RETRANSMIT_MS : 0);
      if (ms === 0 && waiting === 0) return void to.write(chunk);
      // chunks wait side by side and leave one after the other
      const due = sleep(ms);
      waiting++;
      tail = tail.then(async () => {
        await due;
        waiting--;
        if (!to.destroyed) to.write(chunk);
      });
    });
    from.on('end', () => tail.then(() => to.end()));
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#links.delete(link);
      void tail.then(() => to.destroy());
    });
  }
}
