import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A TCP proxy in front of a server, to be a bad network. */
export class Proxy {
  private readonly open = new Set<Socket>();
  private refusing = false;
  private silent = false;
  private delayMs = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  static async to(url: string): Promise<Proxy> {
    const server = createServer();
    const proxy = new Proxy(server, new URL(url));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Breaks every connection and lets none in. */
  cut(): void {
    this.refusing = true;
    for (const socket of this.open) socket.destroy();
  }

  /** Swallows everything both ways, without a word: a cable that is pulled. */
  swallow(): void {
    this.silent = true;
  }

  /** Everything takes this much longer, each way. */
  slow(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Lets the requests through once more, and breaks the connection instead of answering. */
  cutAnswers(): void {
    this.dropAnswers = true;
  }
  private dropAnswers = false;

  /** A good network again. What was swallowed stays lost, so those connections break. */
  heal(): void {
    if (this.silent || this.dropAnswers) for (const socket of this.open) socket.destroy();
    this.refusing = this.silent = this.dropAnswers = false;
    this.delayMs = 0;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    if (this.refusing) return void client.destroy();
    const upstream = connect(Number(this.target.port), this.target.hostname);
    this.join(client, upstream, () => false);
    this.join(upstream, client, () => this.dropAnswers);
  }

  private join(from: Socket, to: Socket, breaks: () => boolean): void {
    this.open.add(from);
    from.on('error', () => undefined);
    from.on('close', () => {
      this.open.delete(from);
      to.destroy();
    });
    from.on('data', (bytes) => {
      if (this.silent) return;
      if (breaks()) return void from.destroy();
      // timers of the same delay keep their order
      if (this.delayMs > 0) setTimeout(() => to.writable && to.write(bytes), this.delayMs);
      else to.write(bytes);
    });
  }
}
