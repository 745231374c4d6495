import Database from 'libsql';
import mysql from 'mysql2/promise';
import { groupBy } from '../checker/model.mjs';
import { itemOf } from './bodies.mjs';

/** The database as a third view, past the server. `url`: sqlite: or mysql: */
export async function openTables(url) {
  const query = url.startsWith('sqlite:') ? sqlite(url) : await mysqlQuery(url);
  const outboxes = ['user_outbox', 'group_outbox'];
  return {
    query: query.all,
    close: query.close,
    /** How much there is, and how much waits to be told: equal numbers twice in a row mean that nothing goes on. */
    async pulse() {
      const [{ n: messages }] = await query.all('SELECT COUNT(*) AS n FROM messages');
      let waiting = 0;
      for (const table of outboxes) waiting += Number((await query.all(`SELECT COUNT(*) AS n FROM ${table}`))[0].n);
      return { messages: Number(messages), waiting };
    },
    /** Puts these conversations into the history; a database may hold those of other runs. */
    async record(recorder, conversations) {
      const among = `(${conversations.map(() => '?').join(',')})`;
      const heads = await query.all(`SELECT id, lastSeq FROM conversations WHERE id IN ${among}`, conversations);
      const rows = await query.all(
        `SELECT * FROM messages WHERE conversationId IN ${among} ORDER BY conversationId, seq`,
        conversations,
      );
      const byConversation = groupBy(rows, ({ conversationId }) => conversationId);
      for (const { id, lastSeq } of heads)
        recorder.record({
          op: 'table',
          conversation: id,
          lastSeq: Number(lastSeq),
          items: (byConversation.get(id) ?? []).map(itemOfRow),
        });
    },
  };
}

function itemOfRow({ conversationId, seq, senderId, clientMsgId, type, content }) {
  // a message is named by its place, see contracts/ids
  const id = `${conversationId}-${seq.toString(36)}`;
  const own = type === 'system' ? undefined : clientMsgId;
  return itemOf({ id, conversationId, seq, senderId, type, content: JSON.parse(content), clientMsgId: own });
}

function sqlite(url) {
  const db = new Database(url.slice('sqlite:'.length));
  return {
    all: async (sql, parameters = []) => db.prepare(sql).all(...parameters),
    close: async () => db.close(),
  };
}

async function mysqlQuery(url) {
  const pool = mysql.createPool({ uri: url, connectionLimit: 2, multipleStatements: true });
  return {
    all: async (sql, parameters = []) => (await pool.query(sql, parameters))[0],
    close: () => pool.end(),
  };
}
