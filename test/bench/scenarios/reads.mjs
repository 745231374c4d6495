import { fileURLToPath } from 'node:url';
import { spawnApp, waitForHttp } from '../../../tools/lib/processes.mjs';
import { freePorts } from '../../../tools/lib/services/ports.mjs';
import { httpLoad } from '../generator/http-load.mjs';
import { row, spread } from '../report/rows.mjs';
import { atRate } from './ramp.mjs';

const REFERENCE = fileURLToPath(new URL('../reference/reads.mjs', import.meta.url));
const PAGE = 50;
const CLIENTS = 8;
const SECONDS = 3;
const WARM_UP_S = 1.5;

/** A page of history and the list of conversations over HTTP, against bare routes on the same database. Goal 11. */
export const reads = {
  name: 'reads',
  title: `history and conversation list, ${CLIENTS} clients`,
  withoutReference: true,

  async prepare(context) {
    const { fleet, target, people } = context;
    const [reader, ...others] = await people.star(PAGE);
    await fleet.connect(target.crowd, [target.seat(reader)]);
    const to = (person) => ({ seat: 0, target: { toUserId: person.id }, copies: 0 });
    // one message to each, then more than a page to the first
    await atRate(context, { senders: others.map(to) }, { rate: 100, seconds: PAGE / 100, warmUpS: 0 });
    await atRate(context, { senders: [to(others[0])] }, { rate: 100, seconds: (2 * PAGE) / 100, warmUpS: 0 });

    const { items } = await people.http(reader, 'GET', `/conversations?limit=${PAGE}`);
    if (items.length !== PAGE) throw new Error(`${items.length} conversations instead of ${PAGE}`);
    const longest = items.find(({ peer }) => peer.id === others[0].id);
    const history = `/conversations/${longest.id}/messages?limit=${PAGE}`;
    const { messages } = await people.http(reader, 'GET', history);
    if (messages.length !== PAGE) throw new Error(`${messages.length} messages instead of ${PAGE}`);

    const bare = await startBare(target);
    const headers = { authorization: `Bearer ${reader.token}` };
    return {
      bare,
      kinds: {
        history: {
          own: [{ path: `/api/v1${history}`, headers }],
          reference: [{ path: `/history/${reader.id}/${longest.id}` }],
        },
        list: {
          own: [{ path: `/api/v1/conversations?limit=${PAGE}`, headers }],
          reference: [{ path: `/list/${reader.id}` }],
        },
      },
    };
  },

  async measure({ target, log, problems }, { bare, kinds }) {
    const figures = {};
    const { server, database } = target.pids;
    for (const [kind, { own, reference }] of Object.entries(kinds)) {
      const sides = {
        own: [{ url: target.urls[0], requests: own }, [...server, ...database]],
        reference: [{ url: bare.url, requests: reference }, [bare.app.pid, ...database]],
      };
      figures[kind] = {};
      for (const [side, [plan, pids]] of Object.entries(sides)) {
        const what = `${kind} of ${side}`;
        await httpLoad({ ...plan, clients: CLIENTS, seconds: WARM_UP_S }, { pids, what });
        const one = await httpLoad({ ...plan, clients: CLIENTS, seconds: SECONDS }, { pids, what });
        problems.push(...one.problems);
        log(`  ${what}: ${one.perSecond}/s, ${one.p50} / ${one.p99} ms, ${one.cpuMsPerRequest.toFixed(3)} ms CPU each`);
        figures[kind][side] = one;
      }
    }
    return figures;
  },

  finish: (_context, { bare }) => bare.app.stop(),

  rows(rounds) {
    return Object.entries({ history: `history page of ${PAGE}`, list: `conversation list of ${PAGE}` }).flatMap(
      ([kind, what]) => {
        const of = (pick) => ({
          own: spread(rounds, ({ Dunlin }) => pick(Dunlin[kind].own)),
          reference: spread(rounds, ({ Dunlin }) => pick(Dunlin[kind].reference)),
          ratio: spread(rounds, ({ Dunlin }) => pick(Dunlin[kind].own) / pick(Dunlin[kind].reference)),
        });
        const p99 = of((one) => one.p99);
        const cpu = of((one) => one.cpuMsPerRequest);
        return [
          row({ goal: 11, what: `${what}: p99, ms`, wanted: '≤ 10 ms', ...p99, judged: p99.own, atMost: 10 }),
          row({
            goal: 11,
            what: `${what}: CPU ms a request, against bare Fastify`,
            wanted: '≤ 2 ×',
            ...cpu,
            judged: cpu.ratio,
            atMost: 2,
          }),
          row({ goal: '–', what: `${what}: requests/s`, ...of((one) => one.perSecond) }),
        ];
      },
    );
  },
};

async function startBare({ databaseUrl }) {
  const [port] = await freePorts(1);
  const env = { PORT: String(port), DATABASE_URL: databaseUrl, NODE_ENV: 'production' };
  const app = spawnApp({ name: 'reads', entry: REFERENCE, env });
  const url = `http://127.0.0.1:${port}`;
  await waitForHttp(`${url}/`, { app });
  return { app, url };
}
