// The last file of a run (see test/support/sequencer.mjs): what the files before it have used, and what they have not.
import { clientEvents, routes, serverEvents } from '../support/documents.js';
import { eventually } from '../support/expectations.js';
import { filesDone, uses } from '../support/server.js';

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
    const all = await routes();
    const templates = [...new Set(all.map((route) => route.split(' ')[1] as string))];
    expect(all.length).toBeGreaterThan(45);
    const used = new Set(
      uses('route').map((route) => {
        const [method, path] = route.split(' ') as [string, string];
        const template = templates.includes(path) ? path : templates.find((one) => pattern(one).test(path));
        return `${method} ${template}`;
      }),
    );
    expect(all.filter((route) => !used.has(route))).toEqual([]);
  });

  it('has sent and received every event', async () => {
    const [sent, received] = await Promise.all([clientEvents(), serverEvents()]);
    expect(sent.length).toBeGreaterThanOrEqual(6);
    expect(received.length).toBeGreaterThanOrEqual(11);
    expect(sent.filter((event) => !uses('sent').includes(event))).toEqual([]);
    expect(received.filter((event) => !uses('received').includes(event))).toEqual([]);
  });
});

// Jest takes a file without tests for a mistake.
if (!whole) it.skip('The whole suite was not run', () => undefined);
