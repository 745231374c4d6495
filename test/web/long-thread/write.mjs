import { io } from 'socket.io-client';

export const PASSWORD = 'correct horse battery';
/** Sends that wait for their ack at once; the server writes what has queued in one transaction. */
const IN_FLIGHT = 400;
const WORDS =
  'tide estuary dunlin flock mud pier telescope morning wind shore curlew turning low light 潮水 海岸 滨鹬'.split(' ');

/**
 * Two friends and their conversation, written through the server like any other.
 *
 * @param {string} base the server
 * @param {number} count messages
 * @returns {Promise<{ reader: string, conversationId: string, other: { conversationId: string } }>} the username of one of
 *   them, and a second conversation of hers, to come from
 */
export async function writeConversation(base, count) {
  const [ann, ben, cleo] = [await register(base, 'ann'), await register(base, 'ben'), await register(base, 'cleo')];
  const conversationId = await befriend(base, ann, ben);
  const other = { conversationId: await befriend(base, ann, cleo) };
  const sockets = await Promise.all([ann, ben].map(({ token }) => connect(base, token)));
  try {
    let next = 1;
    const acked = new Map();
    const work = async () => {
      for (let n = next++; n <= count; n = next++) {
        // turns of a few messages each, as people write
        const socket = sockets[Math.floor(n / 4) % 2];
        const quoted = n % 25 === 0 ? acked.get(n - IN_FLIGHT * 2) : undefined;
        const { messageId, seq } = await send(socket, {
          clientMsgId: `m${n}`,
          conversationId,
          type: 'text',
          content: { text: textOf(n) },
          ...(quoted ? { replyTo: quoted } : {}),
        });
        acked.set(n, { messageId, seq });
        acked.delete(n - IN_FLIGHT * 4);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  } finally {
    for (const socket of sockets) socket.close();
  }
  await call(base, ann, 'PUT', `/conversations/${conversationId}/read`, { seq: count });
  return { reader: ann.username, conversationId, other };
}

/** From two words to three lines, the same for the same number. */
function textOf(n) {
  const length = 2 + ((n * 7919) % (n % 9 === 0 ? 60 : 14));
  const words = Array.from({ length }, (_, i) => WORDS[(n * 7 + i * i * 5 + i) % WORDS.length]);
  return `${n} ${words.join(' ')}${n % 40 === 0 ? ' https://example.org/tides' : ''}`;
}

async function register(base, name) {
  const username = `${name}-${Date.now().toString(36)}`;
  const { user, accessToken } = await call(base, null, 'POST', '/auth/register', { username, password: PASSWORD });
  return { id: user.id, username, token: accessToken };
}

async function befriend(base, one, other) {
  const { id } = await call(base, one, 'POST', '/friend-requests', { userId: other.id });
  await call(base, other, 'POST', `/friend-requests/${id}/accept`);
  return (await call(base, one, 'POST', '/conversations/direct', { userId: other.id })).id;
}

async function call(base, who, method, path, body) {
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(who && { authorization: `Bearer ${who.token}` }) },
    body: JSON.stringify(body ?? {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function connect(base, token) {
  const socket = io(`${base}/im`, { auth: { token }, transports: ['websocket'], forceNew: true });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}

async function send(socket, message) {
  for (;;) {
    const answer = await socket.timeout(30_000).emitWithAck('message:send', message);
    if (answer.ok) return answer.data;
    if (!answer.error.retryable) throw new Error(`A send was answered ${answer.error.code}`);
    await new Promise((resolve) => setTimeout(resolve, answer.error.retryAfterMs ?? 100));
  }
}
