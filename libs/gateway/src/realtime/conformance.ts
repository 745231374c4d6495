import type { Server } from 'socket.io';

/**
 * The echo handlers that the test suite of the Socket.IO protocol (revision 5) talks to, with
 * SOCKETIO_CONFORMANCE=1. They carry nothing of the product.
 */
export function serveConformance(server: Server): void {
  const echo = (namespace: string): void => {
    server.of(namespace).on('connection', (socket) => {
      socket.emit('auth', socket.handshake.auth);
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
