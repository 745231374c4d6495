import type { Socket } from 'node:net';
import { WebSocketServer, type ServerOptions } from 'ws';
import { AnonymousIntake, FRAME_COST, type Intake } from '../limits/intake.js';
import { CoalescingWebSocket } from './coalescing-websocket.js';

/** Called by `ws` when the handshake is done; its types leave it out. */
type SetSocket = (socket: Socket, head: Buffer, options: object) => void;

/** A WebSocket that is read as fast as its {@link Intake} says: what is over stays in the network, at the sender's cost. */
export class MeteredWebSocket extends CoalescingWebSocket {
  intake: Intake = new AnonymousIntake();
  /** Called when reading pauses and when it goes on: an answer to a ping may have waited unread. */
  onPause?: () => void;
  private frames = 0;
  private behind = false;

  setSocket(socket: Socket, head: Buffer, options: object): void {
    const count = (): void => void this.frames++;
    this.on('message', count).on('ping', count).on('pong', count);
    (CoalescingWebSocket.prototype as unknown as { setSocket: SetSocket }).setSocket.call(this, socket, head, options);
    // after `ws` has taken it apart, so that its frames are known and whoever signed in by it pays
    socket.on('data', (chunk: Buffer) => this.meter(chunk.length));
  }

  /** What is not read cannot say goodbye. */
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason);
    if (this.behind) this.terminate();
  }

  private meter(bytes: number): void {
    const waitMs = this.intake.take(bytes + this.frames * FRAME_COST);
    this.frames = 0;
    this.behind = waitMs > 0;
    if (!this.behind) return;
    if (waitMs === Infinity) return this.terminate();
    this.onPause?.();
    this.pause();
    setTimeout(() => {
      this.behind = false;
      this.onPause?.();
      this.resume();
    }, waitMs).unref();
  }
}

/** Engine.IO's `wsEngine`. */
export class MeteredServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, WebSocket: MeteredWebSocket as never });
  }
}
