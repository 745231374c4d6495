// A server that numbers each conversation as the real one does and, with FAULT, does one thing wrong, once:
// self-check.mjs sees with it that the generator notices.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const FAULTY_SEQ = 5;
const { FAULT, PORT } = process.env;
const http = createServer((_request, response) => response.end('ok'));
const io = new Server(http, { serveClient: false });
const seqs = new Map();
/** A message that goes out after its sender's next one. */
let held;
let holder;

io.of('/im').on('connection', (socket) => {
  const userId = socket.handshake.auth.token;
  socket.join(userId);
  socket.on('message:send', ({ toUserId, content }, ack) => {
    const conversationId = [userId, toUserId].sort().join(' ');
    let seq = (seqs.get(conversationId) ?? 0) + 1;
    const fault = seq === FAULTY_SEQ ? FAULT : undefined;
    if (fault === 'hole') seq++;
    seqs.set(conversationId, seq);
    const message = { content, conversationId, seq };
    const push = (one) => socket.to(toUserId).emit('messages', [one]);

    if (fault === 'close') return socket.disconnect(true);
    if (fault === 'swapped') [held, holder] = [message, socket];
    else if (fault !== 'lost') push(message);
    if (fault === 'repeated') push(message);
    if (held && held !== message && socket === holder) {
      push(held);
      held = undefined;
    }
    if (fault === 'refused') ack({ ok: false, error: { code: 'forbidden' } });
    else if (fault !== 'silent') ack({ ok: true, data: { conversationId, seq } });
  });
});

http.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
