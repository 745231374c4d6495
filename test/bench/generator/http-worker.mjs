// Requests in a closed loop, in a process of its own: the parent's message says which, and the answer says how long.
import http from 'node:http';
import { histogram, summary } from '../measure/latency.mjs';

process.on('message', async ({ url, requests, clients, seconds }) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const prepared = requests.map(({ path, body, ...options }) => ({
    target: new URL(path, url),
    options: { agent, ...options },
    body: body && Buffer.from(body, 'base64'),
  }));
  const times = histogram();
  const statuses = {};
  const begun = process.cpuUsage();
  const until = performance.now() + seconds * 1000;
  let next = 0;
  const client = async () => {
    while (performance.now() < until) {
      const from = performance.now();
      const status = await send(prepared[next++ % prepared.length]);
      times.recordValue(Math.round((performance.now() - from) * 1000));
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  const { user, system } = process.cpuUsage(begun);
  process.send({ ...summary(times), statuses, busiest: (user + system) / 1e6 / seconds });
  process.disconnect();
});

function send({ target, options, body }) {
  return new Promise((resolve) => {
    const request = http.request(target, options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', (error) => resolve(error.code ?? error.message));
    request.end(body);
  });
}
