// What reading costs at least: two bare Fastify routes with the server's own SQL on its own database, no checks.
//   PORT=4000 DATABASE_URL=… node test/bench/reference/reads.mjs
import fastify from 'fastify';
import { fromRoot } from '../../../tools/lib/paths.mjs';

// from the build, so that it stays the same SQL
const built = (path) => import(fromRoot('dist/all/libs', path));
const { VIEW_COLUMNS, READABLE } = await built('message/src/conversation/views.js');
const { MESSAGE_COLUMNS } = await built('message/src/log/wire-message.js');

const VIEW = `SELECT ${VIEW_COLUMNS} FROM conversations c
  LEFT JOIN conversation_members m ON m.conversationId = c.id AND m.userId = ? WHERE c.id = ? AND ${READABLE}`;
const PAGE = `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE conversationId = ? AND seq >= ? AND seq < ?
  ORDER BY seq DESC LIMIT 51`;
const LIST = `SELECT ${VIEW_COLUMNS} FROM conversation_members m JOIN conversations c ON c.id = m.conversationId
  WHERE m.userId = ? AND ${READABLE} ORDER BY c.updatedAt DESC, c.id DESC LIMIT 51`;
const newest = (count) =>
  `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE ${Array(count).fill('(conversationId = ? AND seq = ?)').join(' OR ')}`;
const users = (count) =>
  `SELECT id, username, displayName, avatarMediaId, createdAt FROM users WHERE id IN (${Array(count).fill('?')})`;

const query = await open(process.env.DATABASE_URL);
const app = fastify();

app.get('/history/:user/:conversation', async ({ params: { user, conversation } }) => {
  const [view] = await query(VIEW, [user, conversation, user]);
  const rows = await query(PAGE, [conversation, view.joinedSeq, Number.MAX_SAFE_INTEGER]);
  return { messages: rows.slice(0, 50).map(message), hasMore: rows.length > 50, lastSeq: view.lastSeq };
});

app.get('/list/:user', async ({ params: { user } }) => {
  const views = (await query(LIST, [user, user])).slice(0, 50);
  const last = await query(
    newest(views.length),
    views.flatMap(({ id, lastSeq }) => [id, lastSeq]),
  );
  const peerOf = ({ lowId, highId }) => (lowId === user ? highId : lowId);
  const peers = await query(users(views.length), views.map(peerOf));
  const messages = new Map(last.map((row) => [row.conversationId, message(row)]));
  const people = new Map(peers.map((row) => [row.id, row]));
  const items = views.map((view) => ({
    ...view,
    lastMessage: messages.get(view.id) ?? null,
    peer: people.get(peerOf(view)),
    updatedAt: new Date(Number(view.updatedAt)).toISOString(),
  }));
  return { items, nextCursor: null };
});

app.get('/', async () => 'ok');
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => process.exit(0));

function message({ content, sentAt, ...row }) {
  return { ...row, content: JSON.parse(content), sentAt: new Date(Number(sentAt)).toISOString() };
}

/** @returns {Promise<(sql: string, values: unknown[]) => Promise<object[]>>} */
async function open(url) {
  if (!url.startsWith('sqlite:')) {
    const { createPool } = await import('mysql2/promise');
    const pool = createPool({ uri: url, connectionLimit: 10 });
    return async (sql, values) => (await pool.query(sql, values))[0];
  }
  const { default: Database } = await import('libsql');
  const db = new Database(url.slice('sqlite:'.length), { readonly: true });
  const prepared = new Map();
  return async (sql, values) => {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, (statement = db.prepare(sql)));
    return statement.all(values);
  };
}
