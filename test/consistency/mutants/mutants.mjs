/**
 * Ways to build the server wrong, each as replacements in its compiled files, and the anomaly that must give it away.
 * `kills`: it only shows when the process dies.
 */
const LOG = 'libs/message/src/log/conversation-log.js';
const PUBLISH = 'await this.events.publish(committedOf(sends, outcomes), answersOf(sends, outcomes));';
const TRANSACTION =
  'this.transaction((tx) => appendSends({ tx, dialect: this.db.dialect, now: this.clock.now(), cache: this.cache, lookUpAll }, sends))';

export const MUTANTS = [
  {
    name: 'acks before the commit',
    anomaly: 'lost',
    kills: true,
    edits: [
      {
        file: LOG,
        find: TRANSACTION,
        replace: `this.transaction(async (tx) => {
            const outcomes = await appendSends({ tx, dialect: this.db.dialect, now: this.clock.now(), cache: this.cache, lookUpAll }, sends);
            sends.forEach((send, index) => this.settle(send, outcomes[index].error, outcomes[index].result));
            await new Promise((resolve) => setTimeout(resolve, 100));
            return outcomes;
        })`,
      },
    ],
  },
  {
    name: 'has no unique key for the clientMsgId',
    anomaly: 'duplicate',
    edits: [
      {
        file: 'libs/message/src/migrations/1790000000003-init.js',
        find: 'CREATE UNIQUE INDEX "uq_messages_client_id"',
        replace: 'CREATE INDEX "uq_messages_client_id"',
      },
    ],
  },
  {
    name: 'takes MAX(seq) + 1 without a lock',
    anomaly: 'inconsistent-offset',
    edits: [
      {
        file: LOG,
        find: `(lookUpAll) => ${TRANSACTION}`,
        replace: `async (lookUpAll) => {
            const before = await this.db.query('SELECT conversationId AS id, MAX(seq) AS seq FROM messages GROUP BY conversationId');
            return this.transaction((tx) => appendSends({ tx, dialect: this.db.dialect, now: this.clock.now(), cache: this.cache, lookUpAll, before }, sends));
        }`,
      },
      { file: LOG, find: 'sqlite: 1', replace: 'sqlite: 4' },
      {
        file: LOG,
        find: 'this.lanes[streamOf(conversationId) % this.lanes.length]',
        replace: 'this.lanes[Math.floor(Math.random() * this.lanes.length)]',
      },
      {
        file: 'libs/message/src/log/append-sends.js',
        find: 'const heads = await lockHeads(tx, dialect, ids);',
        replace: `const heads = await lockHeads(tx, dialect, ids);
    for (const { id, seq } of context.before) if (heads.has(id)) heads.get(id).lastSeq = seq;`,
      },
      {
        file: 'libs/message/src/migrations/1790000000003-init.js',
        find: 'PRIMARY KEY ("conversationId", "seq")) WITHOUT',
        replace: 'PRIMARY KEY ("conversationId", "seq", "senderId", "clientMsgId")) WITHOUT',
      },
    ],
  },
  {
    name: 'orders by time',
    anomaly: 'order-divergence',
    edits: [
      {
        file: 'libs/message/src/history/history.service.js',
        find: "ORDER BY seq ${ascending ? 'ASC' : 'DESC'}",
        replace: "ORDER BY sentAt ${ascending ? 'ASC' : 'DESC'}",
      },
    ],
  },
  {
    name: 'publishes before the commit',
    anomaly: 'inconsistent-offset',
    edits: [
      { file: LOG, find: PUBLISH, replace: '' },
      {
        file: LOG,
        find: TRANSACTION,
        replace: `this.transaction(async (tx) => {
            const outcomes = await appendSends({ tx, dialect: this.db.dialect, now: this.clock.now(), cache: this.cache, lookUpAll }, sends);
            ${PUBLISH}
            return outcomes;
        })`,
      },
    ],
  },
  {
    name: 'reads from one too far',
    anomaly: 'gap',
    edits: [
      {
        file: 'libs/message/src/history/history.service.js',
        find: 'Math.min(range.afterSeq, view.lastSeq) + 1',
        replace: 'Math.min(range.afterSeq, view.lastSeq) + 2',
      },
    ],
  },
  {
    name: 'leaves a room out when somebody leaves',
    anomaly: 'leak',
    edits: [
      {
        file: 'libs/gateway/src/realtime/audiences.js',
        find: 'for (const userId of membership.left)',
        replace: 'for (const userId of [])',
      },
    ],
  },
  {
    name: 'swallows an insert that fails',
    anomaly: 'ack-mismatch',
    edits: [
      {
        file: 'libs/storage/src/sqlite/sqlite-insert.js',
        find: "const ignore = onConflict === 'ignore' ? ' OR IGNORE' : '';",
        replace: "const ignore = typeof onConflict !== 'object' ? ' OR IGNORE' : '';",
      },
    ],
  },
];
