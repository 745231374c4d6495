import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { findChromium } from '../../tools/lib/chromium.mjs';

const RESULTS = resolve(__dirname, '../../test-results/web');
/** Chromium writes these for every request that a cut line fails; a test that cuts it expects them. */
export const LINE_IS_CUT = /net::ERR_|WebSocket connection to .* failed/;

let running: Promise<Browser> | undefined;

/** One Chromium for a test file. */
const browser = (): Promise<Browser> =>
  (running ??= findChromium().then((executablePath) =>
    // root may not use the sandbox of its own; what is loaded is our own server's
    chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 }),
  ));

afterAll(async () => {
  await (await running)?.close();
  running = undefined;
});

/** What one test opens. */
export class Desktop {
  /** What is no complaint in this test. */
  readonly expected: RegExp[] = [];
  readonly complaints: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  /** Somebody's browser: cookies and storage of its own, shared by its tabs. */
  async open(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await (await browser()).newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
    this.contexts.push(context);
    // what the page's policy forbids is an error of the console too
    context.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.complaints.push(String(error.error().stack)));
    return context;
  }

  get pages(): Page[] {
    return this.contexts.flatMap((context) => context.pages());
  }

  get unexpected(): string[] {
    return this.complaints.filter((one) => !this.expected.some((pattern) => pattern.test(one)));
  }

  /** Keeps what every open page shows, for whoever looks into the failure. */
  async keepEvidence(name: string): Promise<void> {
    mkdirSync(RESULTS, { recursive: true });
    const stem = name.replace(/[^\w]+/g, '-').slice(0, 80);
    for (const [index, page] of this.pages.entries()) {
      const file = join(RESULTS, `${stem}-${index + 1}`);
      await page.screenshot({ path: `${file}.png`, timeout: 5000 }).catch(() => undefined);
      writeFileSync(`${file}.html`, await page.content().catch((error: Error) => error.message));
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.contexts.map((context) => context.close()));
  }
}

/** A test in real browsers; what a page complains of fails it. */
export function inBrowsers(name: string, work: (desktop: Desktop) => Promise<void>, timeoutMs?: number): void {
  it(
    name,
    async () => {
      const desktop = new Desktop();
      try {
        await work(desktop);
        expect(desktop.unexpected).toEqual([]);
      } catch (error) {
        await desktop.keepEvidence(name);
        throw error;
      } finally {
        await desktop.close();
      }
    },
    timeoutMs,
  );
}
