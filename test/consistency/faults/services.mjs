// What a service breaks, and what people notice of it.
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { answersBetween, expect, waitForAck } from './outcome.mjs';

/**
 * Breaks something for a while.
 * @param {{ acksMeanwhile: boolean }} stated whether sends are acked all the same; those under way at the start are not counted
 */
export async function outage({ recorder }, name, { breakIt, healIt, ms, acksMeanwhile, graceMs = 1000 }) {
  await sleep(1500);
  recorder.fault(name, 'begin');
  const from = recorder.now;
  await breakIt();
  await sleep(ms);
  const answers = answersBetween(recorder, from + graceMs, recorder.now);
  await healIt();
  recorder.fault(name, 'end');
  const ackedAfterMs = await waitForAck(recorder, { timeoutMs: 45_000 });
  if (acksMeanwhile === true) expect(answers.ok > 0, `sends are acked meanwhile (${JSON.stringify(answers)})`);
  if (acksMeanwhile === false) expect(!answers.ok, `nothing is acked meanwhile (${JSON.stringify(answers)})`);
  await sleep(1000);
  return { answersMeanwhile: answers, ackedAfterMs };
}

const server = (name, breakIt, healIt, ms, acksMeanwhile) => (session) => {
  const process = session.topology.services.processes[name];
  return outage(session, `${name} ${breakIt}`, {
    breakIt: () => process.kill(breakIt),
    healIt: () => healIt(process),
    ms,
    acksMeanwhile,
  });
};
const goOn = (process) => process.kill('SIGCONT');
const startAgain = async (process) => {
  await process.exited;
  await process.start();
};

export const serviceFaults = [
  {
    name: 'database killed for 5 s',
    on: ['mysql', 'split'],
    outcome: 'nothing is acked meanwhile; sends are acked again by themselves once it is back',
    during: server('mysql', 'SIGKILL', startAgain, 5000, false),
  },
  {
    name: 'database paused for 8 s',
    on: ['mysql', 'split'],
    outcome: 'nothing is acked meanwhile; what was under way is stored once or not at all',
    during: server('mysql', 'SIGSTOP', goOn, 8000, false),
  },
  {
    name: 'database slow by 2 s',
    on: ['mysql', 'split'],
    outcome: 'sends are slow, and fast again at once when it is over',
    during: (session) =>
      outage(session, 'database slow by 2 s', {
        breakIt: () => session.topology.proxies.database.delay(1000),
        healIt: () => session.topology.proxies.database.heal(),
        ms: 10_000,
      }),
  },
  {
    name: 'database cut off for 5 s',
    on: ['mysql', 'split'],
    outcome: 'nothing is acked meanwhile; sends are acked again by themselves',
    during: (session) =>
      outage(session, 'database cut off', {
        breakIt: () => session.topology.proxies.database.cut(),
        healIt: () => session.topology.proxies.database.heal(),
        ms: 5000,
        acksMeanwhile: false,
      }),
  },
  {
    name: 'database answers lost for 8 s',
    on: ['mysql', 'split'],
    outcome: 'commits go in and nobody hears of it: nothing is acked, and the retries get the one answer',
    during: (session) =>
      outage(session, 'database answers lost', {
        breakIt: () => session.topology.proxies.database.silence('down'),
        healIt: () => session.topology.proxies.database.heal(),
        ms: 8000,
        acksMeanwhile: false,
      }),
  },
  {
    name: 'database read-only for 5 s',
    on: ['mysql', 'split'],
    outcome: 'nothing is acked meanwhile; sends are acked again by themselves',
    during: (session) =>
      withSql(session, (sql) =>
        outage(session, 'database read-only', {
          breakIt: () => sql.query('SET GLOBAL super_read_only = ON'),
          healIt: () => sql.query('SET GLOBAL super_read_only = OFF, GLOBAL read_only = OFF'),
          ms: 5000,
          acksMeanwhile: false,
        }),
      ),
  },
  {
    name: 'database without a free connection for 5 s',
    on: ['mysql', 'split'],
    outcome: 'nothing is acked meanwhile; sends are acked again by themselves',
    during: (session) => withSql(session, (sql) => outOfConnections(session, sql)),
  },
  {
    name: 'locks held for 8 s, longer than the lock time-out',
    on: ['mysql', 'split'],
    outcome: 'nothing is acked meanwhile in what is locked; sends are acked again by themselves',
    during: (session) => withSql(session, (sql) => locksHeld(session, sql)),
  },
  {
    name: 'deadlocks',
    on: ['mysql', 'split'],
    outcome: 'the losing transaction is tried again: sends are acked meanwhile',
    during: (session) => withSql(session, (sql) => deadlocks(session, sql)),
  },
  {
    name: 'Redis killed for 5 s',
    on: ['mysql', 'split'],
    outcome: 'sends are acked meanwhile',
    during: server('redis', 'SIGKILL', startAgain, 5000, true),
  },
  {
    name: 'Redis paused for 8 s',
    on: ['mysql', 'split'],
    outcome: 'sends are acked meanwhile',
    during: server('redis', 'SIGSTOP', goOn, 8000, true),
  },
  {
    name: 'Redis emptied',
    on: ['mysql', 'split'],
    outcome: 'sends are acked meanwhile, and nobody gets more or less than they should',
    during: (session) =>
      outage(session, 'Redis emptied', {
        breakIt: () => redisCommand(session.topology.services.env.REDIS_URL, 'FLUSHALL'),
        healIt: () => undefined,
        ms: 3000,
        acksMeanwhile: true,
        graceMs: 0,
      }),
  },
  {
    name: 'Kafka killed for 10 s',
    on: ['split'],
    outcome: 'nothing is acked meanwhile; sends are acked again by themselves',
    during: server('kafka', 'SIGKILL', startAgain, 10_000, false),
  },
  {
    name: 'Kafka paused for 8 s',
    on: ['split'],
    outcome: 'nothing is acked meanwhile; sends are acked again by themselves',
    during: server('kafka', 'SIGSTOP', goOn, 8000, false),
  },
];

/** A connection past the proxy, for as long as `work` takes. */
async function withSql({ topology }, work) {
  const sql = await mysql.createConnection({ uri: topology.databaseUrl });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** The server's own connections are ended and no new one is let in but the test's. */
async function outOfConnections(session, sql) {
  const [[{ allowed }]] = await sql.query('SELECT @@max_connections AS allowed');
  return outage(session, 'database without a free connection', {
    breakIt: async () => {
      // one more than this is kept for an administrator, which is what the apps' user is here: cut them off too
      await sql.query('SET GLOBAL max_connections = 1');
      session.topology.proxies.database.cut();
    },
    healIt: async () => {
      await sql.query(`SET GLOBAL max_connections = ${allowed}`);
      session.topology.proxies.database.heal();
    },
    ms: 5000,
    acksMeanwhile: false,
  });
}

const conversationsOf = ({ directs, groups }) => [...directs, ...groups].map(({ conversation }) => conversation).sort();

async function locksHeld(session, sql) {
  const ids = conversationsOf(session.world);
  return outage(session, 'locks held', {
    breakIt: async () => {
      await sql.beginTransaction();
      await sql.query('SELECT id FROM conversations WHERE id IN (?) FOR UPDATE', [ids]);
    },
    healIt: () => sql.rollback(),
    ms: 8000,
    acksMeanwhile: false,
  });
}

/** Locks two conversations in the other order than the server, again and again. */
async function deadlocks(session, sql) {
  await sql.query("SET GLOBAL innodb_monitor_enable = 'lock_deadlocks'");
  const ids = conversationsOf(session.world).reverse();
  let going = true;
  const turns = async () => {
    while (going) {
      await sql.beginTransaction();
      try {
        for (const id of ids) {
          await sql.query('SELECT id FROM conversations WHERE id = ? FOR UPDATE', [id]);
          await sleep(2);
        }
      } catch (error) {
        if (error.code !== 'ER_LOCK_DEADLOCK') throw error;
      }
      await sql.rollback();
      await sleep(20);
    }
  };
  let work;
  const facts = await outage(session, 'deadlocks', {
    breakIt: () => {
      work = turns();
    },
    healIt: () => {
      going = false;
      return work;
    },
    ms: 6000,
    acksMeanwhile: true,
  });
  const [[{ deadlocks: count }]] = await sql.query(
    "SELECT SUM(count) AS deadlocks FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'",
  );
  expect(Number(count) > 0, 'there are deadlocks');
  return { ...facts, deadlocks: Number(count) };
}

async function redisCommand(url, command) {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url);
  await redis.call(command);
  redis.disconnect();
}
