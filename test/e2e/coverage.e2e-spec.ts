// The last file of a run (see test/support/sequencer.mjs): what the files before it have used, and what they have not.
import { eventually } from '../support/expectations.js';
import { request } from '../support/http.js';
import { filesDone, sharedServer, uses } from '../support/server.js';

const [base] = sharedServer().gateways as [string];
const OTHERS_MS = 10 * 60_000;
const whole = process.env['DUNLIN_E2E_LEFT_OUT'] === '';
const described = whole ? describe : describe.skip;

const pattern = (template: string): RegExp =>
  new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`);

described('The whole suite', () => {
  beforeAll(async () => {
    const files = (process.env['DUNLIN_E2E_FILES'] ?? '').split(' ');
    // with more than one worker the others may still be at it
    await eventually(() => expect(filesDone()).toEqual(expect.arrayContaining(files)), OTHERS_MS);
  }, OTHERS_MS + 1000);

  it('has used every route, each to a good end', async () => {
    const { body } = await request<{ paths: Record<string, object> }>(base, 'GET', '/api/openapi.json');
    const templates = Object.keys(body.paths);
    const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.length).toBeGreaterThan(45);
    const used = new Set(
      uses('route').map((route) => {
        const [method, path] = route.split(' ') as [string, string];
        const template = templates.includes(path) ? path : templates.find((one) => pattern(one).test(path));
        return `${method} ${template}`;
      }),
    );
    expect(routes.filter((route) => !used.has(route))).toEqual([]);
  });

  it('has sent and received every event', async () => {
    interface AsyncApi {
      channels: { im: { messages: Record<string, { name: string }> } };
      operations: Record<string, { action: string; messages: { $ref: string }[] }>;
    }
    const { body } = await request<AsyncApi>(base, 'GET', '/api/asyncapi.json');
    const named = (action: string): string[] =>
      Object.values(body.operations)
        .filter((operation) => operation.action === action)
        .flatMap(({ messages }) => messages)
        .map(({ $ref }) => body.channels.im.messages[$ref.split('/').at(-1) as string]?.name as string);
    const [sent, received] = [named('receive'), named('send')];
    expect(sent.length).toBeGreaterThanOrEqual(6);
    expect(received.length).toBeGreaterThanOrEqual(11);
    expect(sent.filter((event) => !uses('sent').includes(event))).toEqual([]);
    expect(received.filter((event) => !uses('received').includes(event))).toEqual([]);
  });
});

// Jest takes a file without tests for a mistake.
if (!whole) it.skip('The whole suite was not run', () => undefined);
