import type { Server } from 'socket.io';

/** The suite reads one packet at a time and misses the second of two that arrive together, as they would (ADR 11). */
const AUTH_AFTER_MS = 20;

/**
 * The echo handlers that the test suite of the Socket.IO protocol (revision 5) talks to, with
 * SOCKETIO_CONFORMANCE=1. They carry nothing of the product.
 */
export function serveConformance(server: Server): void {
  const echo = (namespace: string): void => {
    server.of(namespace).on('connection', (socket) => {
      setTimeout(() => socket.emit('auth', socket.handshake.auth), AUTH_AFTER_MS);
      socket.on('message', (...args: unknown[]) => void socket.emit('message-back', ...args));
      socket.on('message-with-ack', (...args: unknown[]) => {
        const ack = args.pop() as (...answer: unknown[]) => void;
        ack(...args);
      });
    });
  };
  echo('/');
  echo('/custom');
}
