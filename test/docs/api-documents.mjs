import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { appEntry } from '../../tools/lib/paths.mjs';
import { spawnApp, waitForHttp } from '../../tools/lib/processes.mjs';
import { freePorts } from '../../tools/lib/services/ports.mjs';

/** Asks the built server for its own documents and gives what their official schemas have against them. */
export async function checkApiDocuments() {
  const [port] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-docs-'));
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PORT: String(port),
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
    DATABASE_URL: '',
    REDIS_URL: '',
    API_DOCS: 'on',
  };
  const app = spawnApp({ name: 'docs', entry: appEntry('monolith'), env, log: () => undefined });
  try {
    await waitForHttp(`${url}/health/ready`, { app });
    const [openApi, asyncApi] = await Promise.all(
      ['openapi', 'asyncapi'].map(async (name) => (await fetch(`${url}/api/${name}.json`)).text()),
    );
    return [...(await checkOpenApi(openApi)), ...(await checkAsyncApi(asyncApi))];
  } finally {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkOpenApi(text) {
  const { valid, errors } = await new Validator().validate(JSON.parse(text));
  if (valid) return [];
  return (Array.isArray(errors) ? errors : [errors]).map(
    (error) => `OpenAPI: ${error.instancePath ?? ''} ${error.message ?? error}`,
  );
}

async function checkAsyncApi(text) {
  const diagnostics = await new Parser().validate(text);
  // 0 is an error; the others are advice
  return diagnostics
    .filter(({ severity }) => severity === 0)
    .map(({ message, path }) => `AsyncAPI: ${path.join('.')} ${message}`);
}
