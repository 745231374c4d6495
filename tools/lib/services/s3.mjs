import path from 'node:path';
import { cached } from '../lock.mjs';
import { java, maven, SMALL } from './java.mjs';
import { Server } from './server.mjs';

/** Adobe's S3Mock: S3's protocol over a folder, made for tests (Apache-2.0, on Maven Central). */
const VERSION = '4.9.1';
const BUCKET = 'dunlin-test';

async function jar(signal) {
  const artifact = `com.adobe.testing:s3mock:${VERSION}:jar:exec`;
  const folder = await cached(
    's3mock',
    (target) => maven(['dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${target}`], signal),
    { version: VERSION, signal },
  );
  return path.join(folder, `s3mock-${VERSION}-exec.jar`);
}

/** Prepares an S3 with an empty bucket. Returns it unstarted with its URL. */
export async function s3({ folder, port, log, signal }) {
  const settings = {
    'com.adobe.testing.s3mock.http-port': port,
    // its HTTPS port, which nobody asks for
    'server.port': 0,
    'com.adobe.testing.s3mock.store.initial-buckets': BUCKET,
    'com.adobe.testing.s3mock.store.root': path.join(folder, 's3'),
  };
  const options = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const endpoint = `http://127.0.0.1:${port}`;
  const server = new Server({
    name: 's3',
    command: await java(signal),
    args: [...SMALL, '-jar', await jar(signal), ...options],
    logFile: path.join(folder, 's3.log'),
    ping: () => ping(`${endpoint}/${BUCKET}`),
    log,
  });
  return { server, env: { S3_URL: `s3://key:secret@${BUCKET}?endpoint=${endpoint}` } };
}

async function ping(url) {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(2000) });
  if (!ok) throw new Error(`the bucket answers ${status}`);
}
