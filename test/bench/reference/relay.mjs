// The reference R: a bare Socket.IO relay. One room a person, send → emit to the recipient's room → ack; no checks, no
// database. It speaks the frames of the real server, so the same generator drives it:
//   PORT=4000 node test/bench/reference/relay.mjs
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer((_request, response) => response.end('ok'));
const io = new Server(http, { serveClient: false, perMessageDeflate: false, httpCompression: false });
let seq = 0;

io.of('/im').on('connection', (socket) => {
  // nobody is asked who they are
  const { token: userId, groups = [] } = socket.handshake.auth;
  socket.join([userId, ...groups]);
  socket.on('message:send', ({ toUserId, toGroupId, type, content }, ack) => {
    const sentAt = new Date().toISOString();
    const message = {
      id: `m${++seq}`,
      conversationId: toUserId ?? toGroupId,
      seq,
      senderId: userId,
      type,
      content,
      sentAt,
    };
    socket.to(toUserId ?? toGroupId).emit('messages', [message]);
    const data = { messageId: message.id, conversationId: message.conversationId, seq, sentAt, duplicate: false };
    ack({ ok: true, data });
  });
});

http.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
