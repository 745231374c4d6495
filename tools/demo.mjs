// `npm run demo`: three people use a running server with real Socket.IO clients; prints what they see.
//   --url http://localhost:3000, or the PORT of the environment
import './lib/require-node.mjs';

const { randomUUID } = await import('node:crypto');
const { parseArgs } = await import('node:util');
const { paint, script } = await import('./lib/console.mjs');
const { ensureInstalled } = await import('./lib/prepare.mjs');

const WAIT_MS = 10_000;
const here = `http://localhost:${process.env.PORT || 3000}`;
const { values } = parseArgs({ options: { url: { type: 'string', default: here } } });
const url = values.url.replace(/\/$/, '');
const say = (name, text) =>
  console.log(`${paint({ Ann: 'cyan', Ben: 'yellow', Cleo: 'magenta' }[name], name.padEnd(5))} ${text}`);

await script(async () => {
  await ensureInstalled();
  await assertRunning();
  const run = Date.now().toString(36);
  console.log(`\nThree people on ${url}\n`);
  const [ann, ben, cleo] = await Promise.all(['Ann', 'Ben', 'Cleo'].map((name) => join(name, run)));

  await befriend(ann, ben);
  await talk(ann, ben);
  const group = await makeGroup(ann, ben, cleo);
  await sendPhotograph(ben, group, [ann, cleo]);
  await closeTheDay(ann, ben, cleo);

  for (const person of [ann, ben, cleo]) person.socket.close();
  console.log('\nThat was it. The same with your own client: see the README.\n');
  process.exit(0);
});

async function assertRunning() {
  const response = await fetch(`${url}/health/ready`).catch(() => undefined);
  if (!response?.ok) throw new Error(`No server is ready at ${url}. Start one in another terminal: npm start`);
}

/** Registers, connects, and remembers what comes in until somebody waits for it. */
async function join(name, run) {
  const { io } = await import('socket.io-client');
  const username = `${name.toLowerCase()}-${run}`;
  const answer = await http(undefined, 'POST', '/auth/register', {
    username,
    password: randomUUID(),
    displayName: name,
  });
  const person = { name, username, id: answer.user.id, token: answer.accessToken, inbox: [], waiting: [] };
  person.socket = io(`${url}/im`, { auth: { token: person.token }, transports: ['websocket'] });
  person.socket.onAny((event, payload) => {
    person.inbox.push({ event, payload });
    for (const check of person.waiting.splice(0)) check();
  });
  await new Promise((resolve, reject) => {
    person.socket.once('connect', resolve);
    person.socket.once('connect_error', reject);
  });
  say(name, `registers as ${username} and is connected`);
  return person;
}

async function befriend(ann, ben) {
  await http(ann, 'POST', '/friend-requests', { username: ben.username, message: 'Hello Ben, it is Ann.' });
  say('Ann', 'asks Ben to be friends');
  const request = await next(ben, 'friend:request');
  say('Ben', `gets a request: “${request.message}”`);
  await http(ben, 'POST', `/friend-requests/${request.id}/accept`);
  const { user } = await next(ann, 'friend:added');
  say('Ann', `is friends with ${user.displayName} now`);
}

async function talk(ann, ben) {
  const first = await send(ann, { toUserId: ben.id }, { text: 'Have you seen the dunlins at the estuary?' });
  const message = await nextMessage(ben);
  say('Ben', `reads “${message.content.text}”`);
  const { conversationId } = message;
  await ask(ben, 'typing', { conversationId, active: true });
  await next(ann, 'typing');
  say('Ann', 'sees that Ben is typing …');
  await send(
    ben,
    { conversationId },
    { text: 'Thousands of them! Let us tell Cleo.' },
    { replyTo: { messageId: message.id, seq: first.seq } },
  );
  const reply = await nextMessage(ann);
  say('Ann', `reads “${reply.content.text}” (a reply to number ${reply.replyTo.seq})`);
  await ask(ann, 'conversation:read', { conversationId, seq: reply.seq });
  const receipt = await next(ben, 'conversation:read');
  say('Ben', `sees that Ann has read up to number ${receipt.seq}`);
}

async function makeGroup(ann, ben, cleo) {
  const group = await http(ann, 'POST', '/groups', { name: 'Estuary walks', joinPolicy: 'open', memberIds: [ben.id] });
  say('Ann', `makes the group “${group.name}” with Ben`);
  await next(ben, 'group:joined');
  await http(cleo, 'POST', `/groups/${group.id}/join`, {});
  await next(cleo, 'group:joined');
  say('Cleo', `finds “${group.name}” and joins`);
  await send(cleo, { toGroupId: group.id }, { text: 'Hello you two! What did I miss?' });
  for (const person of [ann, ben]) say(person.name, `reads “${(await nextMessage(person)).content.text}”`);
  return group;
}

async function sendPhotograph(ben, group, others) {
  const form = new FormData();
  form.append('file', new Blob([await paintSunset()], { type: 'image/jpeg' }), 'estuary.jpg');
  const media = await http(ben, 'POST', '/media', form);
  await send(ben, { toGroupId: group.id }, { mediaId: media.id }, { type: 'image' });
  say('Ben', 'sends a photograph');
  for (const person of others) {
    const { content } = await nextMessage(person);
    const image = await fetch(url + content.media.thumbnailUrl, {
      headers: { authorization: `Bearer ${person.token}` },
    });
    const bytes = (await image.arrayBuffer()).byteLength;
    const { width, height, blurhash } = content.media;
    say(person.name, `sees it: ${width} × ${height}, blurhash ${blurhash}, thumbnail of ${bytes} bytes`);
  }
}

async function closeTheDay(ann, ben, cleo) {
  const { conversations } = await ask(cleo, 'sync', { cursors: {} });
  say('Cleo', `has ${conversations.length} conversation, ${conversations[0].unread} unread`);
  await ask(ann, 'presence:subscribe', { userIds: [ben.id] });
  ben.socket.close();
  const presence = await next(ann, 'presence');
  say('Ann', `sees Ben leave; last seen ${presence.lastSeenAt}`);
}

/** A picture with something in it: a sky that turns from blue to orange over dark water. */
async function paintSunset() {
  const { default: sharp } = await import('sharp');
  const [width, height] = [640, 400];
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sky = y / height;
      const water = y > height * 0.7;
      const sun = (x - 430) ** 2 + (y - 240) ** 2 < 38 ** 2;
      const colour = sun ? [255, 236, 170] : water ? [38, 52, 74] : [70 + 170 * sky, 110 + 40 * sky, 190 - 130 * sky];
      colour.forEach((value, channel) => (pixels[(y * width + x) * 3 + channel] = value));
    }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}

async function send(person, target, content, { type = 'text', replyTo } = {}) {
  const payload = { ...target, clientMsgId: randomUUID(), type, content, ...(replyTo ? { replyTo } : {}) };
  const result = await ask(person, 'message:send', payload);
  if (type === 'text') say(person.name, `writes “${content.text}” (stored as number ${result.seq})`);
  return result;
}

async function ask(person, event, payload) {
  const answer = await person.socket.timeout(WAIT_MS).emitWithAck(event, payload);
  if (!answer.ok) throw new Error(`${event}: ${answer.error.code}: ${answer.error.message}`);
  return answer.data;
}

/** The next event of this name that came in or comes in. */
async function next(person, event, wanted = () => true) {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const index = person.inbox.findIndex((item) => item.event === event && wanted(item.payload));
    if (index >= 0) return person.inbox.splice(index, 1)[0].payload;
    if (Date.now() > until) throw new Error(`${person.name} waited in vain for ${event}`);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, WAIT_MS);
      person.waiting.push(() => (clearTimeout(timer), resolve()));
    });
  }
}

/** The next message that somebody wrote; what the system says about a group is passed over. */
async function nextMessage(person) {
  for (;;) {
    const message = (await next(person, 'messages')).find(({ type }) => type !== 'system');
    if (message) return message;
  }
}

async function http(person, method, path, body) {
  const form = body instanceof FormData;
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(body && !form ? { 'content-type': 'application/json' } : {}),
      ...(person ? { authorization: `Bearer ${person.token}` } : {}),
    },
    body: form ? body : body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
