import sharp from 'sharp';
import { httpLoad } from '../generator/http-load.mjs';
import { row, spread } from '../report/rows.mjs';

const CLIENTS = 4;
const SECONDS = 3;
const PICTURES = 8;
const BOUNDARY = 'a-boundary-that-is-in-no-picture';

/** Signing in, which is slow on purpose, and uploading pictures. Without a goal: what one machine takes. */
export const accounts = {
  name: 'accounts',
  title: 'signing in and uploading',
  withoutReference: true,

  async prepare({ people }) {
    // not the same one: so many sign-ins end the sessions before them
    const [uploader, { username, password }] = await people.first(2);
    const pictures = await Promise.all(Array.from({ length: PICTURES }, (_, n) => picture(n)));
    return {
      login: [
        {
          path: '/api/v1/auth/login',
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify({ username, password })),
        },
      ],
      upload: pictures.map((bytes) => ({
        path: '/api/v1/media',
        method: 'POST',
        headers: {
          authorization: `Bearer ${uploader.token}`,
          'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        },
        body: multipart(bytes),
      })),
    };
  },

  async measure({ target, log, problems }, { login, upload }) {
    const pids = target.pids.server;
    const plan = { url: target.urls[0], clients: CLIENTS, seconds: SECONDS };
    const figures = {
      login: await httpLoad({ ...plan, requests: login }, { pids, what: 'login' }),
      upload: await httpLoad({ ...plan, requests: upload }, { pids, what: 'upload', wanted: 201 }),
    };
    for (const [what, one] of Object.entries(figures)) {
      problems.push(...one.problems);
      log(`  ${what}: ${one.perSecond}/s, ${one.p50} / ${one.p99} ms, ${one.cpuMsPerRequest.toFixed(1)} ms CPU each`);
    }
    return figures;
  },

  rows(rounds) {
    const of = (kind, key) => spread(rounds, ({ Dunlin }) => Dunlin[kind][key]);
    return [
      row({ goal: '–', what: `sign-ins/s, ${CLIENTS} clients`, own: of('login', 'perSecond') }),
      row({ goal: '–', what: 'CPU ms a sign-in', own: of('login', 'cpuMsPerRequest') }),
      row({ goal: '–', what: `uploads/s of a 640 × 400 JPEG, ${CLIENTS} clients`, own: of('upload', 'perSecond') }),
      row({ goal: '–', what: 'CPU ms an upload', own: of('upload', 'cpuMsPerRequest') }),
    ];
  },
};

/** Each another one, so that no two uploads are the same file. */
function picture(n) {
  const background = { r: 20 * n, g: 160, b: 200 - 20 * n };
  const noise = { type: 'gaussian', mean: 128, sigma: 24 };
  return sharp({ create: { width: 640, height: 400, channels: 3, background, noise } })
    .jpeg()
    .toBuffer();
}

function multipart(bytes) {
  const head =
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="picture.jpg"\r\n` +
    'content-type: image/jpeg\r\n\r\n';
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}
