// Disks, migrations, backups.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { run } from '../../../tools/lib/run.mjs';
import { startMonolith } from '../topology.mjs';
import { hashOf } from '../workload/bodies.mjs';
import { outage } from './services.mjs';
import { expect, waitForAck } from './outcome.mjs';

export const storageFaults = [
  {
    name: 'disk full for 5 s',
    on: ['sqlite'],
    short: true,
    outcome: 'nothing is acked meanwhile; sends are acked again once there is room',
    during: diskFull,
  },
  {
    name: 'a migration under writes',
    on: ['mysql', 'split'],
    outcome: 'it ends well, and sends are acked meanwhile',
    during: migration,
  },
  {
    name: 'a backup under load, and its restore',
    on: ['sqlite'],
    short: true,
    outcome: 'the copy holds all that was acked before it was begun, without a gap, and a server starts on it',
    during: backup,
  },
];

/** No file of the process may grow any more (setrlimit(2), RLIMIT_FSIZE), so that SQLite's next page does not fit. */
async function diskFull(session) {
  const { topology } = session;
  const limit = (bytes) => run('prlimit', ['--pid', String(topology.pid('monolith')), `--fsize=${bytes}:`]);
  return outage(session, 'disk full', {
    breakIt: () => limit(4096),
    healIt: () => limit('unlimited'),
    ms: 5000,
    acksMeanwhile: false,
  });
}

async function migration({ topology, recorder }) {
  await sleep(1000);
  recorder.fault('migration', 'begin');
  const since = recorder.now;
  await topology.migrate();
  recorder.fault('migration', 'end');
  const migratedMs = Math.round(recorder.now - since);
  const acked = recorder.operations.filter(
    ({ op, outcome, invoke, complete }) =>
      op === 'send' && outcome === 'ok' && invoke > since && complete < since + migratedMs,
  );
  expect(acked.length > 0, 'sends are acked meanwhile');
  return { migratedMs };
}

async function backup({ topology, recorder, world }) {
  await sleep(3000);
  const copy = path.join(topology.folder, 'backup.sqlite');
  const source = new Database(topology.databaseUrl.slice('sqlite:'.length));
  const begun = recorder.now;
  recorder.fault('backup', 'begin');
  source.prepare('VACUUM INTO ?').run(copy);
  recorder.fault('backup', 'end');
  source.close();
  await waitForAck(recorder);
  const acked = recorder.operations.filter(
    ({ op, outcome, complete }) => op === 'send' && outcome === 'ok' && complete < begun,
  );
  expect(acked.length > 0, 'something was acked before it');
  const restored = new Database(copy);
  for (const { conversation, seq, hash, ref } of acked) {
    const row = restored
      .prepare('SELECT content FROM messages WHERE conversationId = ? AND seq = ?')
      .get(conversation, seq);
    expect(row && hashOf(JSON.parse(row.content).text) === hash, `${ref}, acked before the backup, is in it`);
  }
  const gaps = restored
    .prepare('SELECT conversationId FROM messages GROUP BY conversationId HAVING COUNT(*) <> MAX(seq)')
    .all();
  expect(gaps.length === 0, 'no conversation of the copy has a gap');
  restored.close();
  await startsOn(copy, world.people[0].name);
  return { ackedBefore: acked.length };
}

async function startsOn(file, username) {
  const server = await startMonolith({ env: { DATABASE_URL: `sqlite:${file}` } });
  try {
    const response = await fetch(`${server.urls[0]}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: 'correct horse battery' }),
    });
    const { accessToken } = await response.json();
    const list = await fetch(`${server.urls[0]}/api/v1/conversations`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    const { items } = await list.json();
    expect(
      items?.some(({ lastMessage }) => lastMessage !== null),
      'people find their conversations in the copy',
    );
  } finally {
    await server.stop();
  }
}
