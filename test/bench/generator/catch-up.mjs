import { Connection } from './connection.mjs';

const PAGE = 200;

/**
 * What a client does that comes back: connect, ask what is new, fetch it page by page. Connects those that are not
 * connected yet, all at once.
 *
 * @param {Map<number, Connection>} connections by index; new ones are put into it
 * @returns {Promise<{ doneAt: number, problems: string[] }>} when the last one was in sync, by the shared clock
 */
export async function catchUp(connections, readers, clock) {
  const problems = [];
  await Promise.all(
    readers.map(async (reader, index) => {
      const problem = await one(connections, reader, index, clock);
      if (problem) problems.push(`${reader.conversation}: ${problem}`);
    }),
  );
  return { doneAt: clock(), problems };
}

async function one(connections, { url, auth, conversation, afterSeq, expected }, index, clock) {
  let connection = connections.get(index);
  if (!connection) {
    connection = new Connection({ url, auth, clock, checkOrder: false });
    connections.set(index, connection);
    await connection.open();
  }
  const news = await connection.call('sync', { cursors: { [conversation]: afterSeq } });
  if (!news.ok) return `sync answers ${news.error.code}`;
  const told = news.data.conversations.find(({ id }) => id === conversation);
  if (!told) return 'sync does not tell of it';
  let seq = afterSeq;
  for (;;) {
    const page = await connection.call('conversation:sync', {
      conversationId: conversation,
      afterSeq: seq,
      limit: PAGE,
    });
    if (!page.ok) return `conversation:sync answers ${page.error.code}`;
    for (const message of page.data.messages) if (message.seq !== ++seq) return `number ${seq} is missing`;
    if (!page.data.hasMore) break;
  }
  if (seq < told.lastSeq) return `ends at ${seq} of ${told.lastSeq}`;
  if (expected !== undefined && seq - afterSeq !== expected) return `${seq - afterSeq} messages, not ${expected}`;
  return undefined;
}
