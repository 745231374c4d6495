import { once } from 'node:events';
import WebSocket from 'ws';

const WAIT_MS = 15_000;
const open = new Set<RawSocket>();

/** Ends what a test file has left open. */
export const closeAllRawSockets = (): void => open.forEach((socket) => socket.end());

/** A WebSocket to Engine.IO whose packets a test writes by hand: what no Socket.IO client sends. */
export class RawSocket {
  /** Engine.IO packets, pings aside. */
  readonly packets: string[] = [];
  closed = false;
  private readonly waiting = new Set<() => void>();

  private constructor(readonly ws: WebSocket) {
    open.add(this);
    ws.on('message', (data) => {
      const packet = (data as Buffer).toString();
      if (packet === '2') ws.send('3');
      else this.packets.push(packet);
      this.wake();
    });
    ws.on('error', () => undefined);
    ws.on('close', () => {
      this.closed = true;
      open.delete(this);
      this.wake();
    });
  }

  /** @throws Error when the handshake is refused */
  static async open(base: string, headers: Record<string, string> = {}): Promise<RawSocket> {
    const url = `${base.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const ws = new WebSocket(url, { headers, perMessageDeflate: false });
    const socket = new RawSocket(ws);
    await once(ws, 'open');
    return socket;
  }

  /** One that has joined `/im`. */
  static async join(base: string, token: string): Promise<RawSocket> {
    const socket = await RawSocket.open(base);
    socket.send(`40/im,${JSON.stringify({ token })}`);
    await socket.waitFor((packet) => packet.startsWith('40/im'));
    return socket;
  }

  send(packet: string | Buffer): void {
    this.ws.send(packet);
  }

  /** The first packet that fits, come or coming. */
  waitFor(fits: (packet: string) => boolean): Promise<string> {
    return this.until(() => this.packets.find(fits), 'a packet');
  }

  /** @param withinMs the server may take its time to lose patience */
  async waitForClose(withinMs = WAIT_MS): Promise<void> {
    await this.until(() => this.closed || undefined, 'the end of the connection', withinMs);
  }

  end(): void {
    this.ws.terminate();
  }

  private until<T>(find: () => T | undefined, what: string, withinMs = WAIT_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        finish();
      };
      const look = (): void => {
        const found = find();
        if (found !== undefined) settle(() => resolve(found));
        else if (this.closed) settle(() => reject(new Error(`${what} did not come before the end`)));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${what} did not come. What came:\n${this.packets.join('\n')}`))),
        withinMs,
      );
      this.waiting.add(look);
      look();
    });
  }

  private wake(): void {
    for (const look of [...this.waiting]) look();
  }
}
