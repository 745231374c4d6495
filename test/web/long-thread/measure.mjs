import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { PASSWORD } from './write.mjs';

/** Pixels for each frame: some hundred and fifty messages a second, faster than anybody reads. */
const STEP = 200;

/**
 * Somebody who has a long conversation opens and reads it.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} base the server
 * @param {{ reader: string, conversationId: string, other: { conversationId: string } }} talk
 * @param {{ scrollMs: number }} options how long to scroll up, and then a third of it down again
 */
export async function measureThread(browser, base, talk, { scrollMs }) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await signIn(page, base, talk.reader);
    const firstPaintMs = await firstPaint(context, base);
    const open = await openings(page, base, talk);
    const cdp = await context.newCDPSession(page);
    const before = await memory(browser, cdp);
    const plain = await scrollPlain(context, Math.min(scrollMs, 5000));
    await page.bringToFront();
    const up = await scroll(page, cdp, { step: -STEP, ms: scrollMs });
    const down = await scroll(page, cdp, { step: STEP, ms: scrollMs / 3 });
    const after = await memory(browser, cdp);
    const rows = await page.getByRole('log').locator('article').count();
    return { firstPaintMs, open, plain, up, down, memory: { before, after }, rows, complaints };
  } finally {
    await context.close();
  }
}

async function signIn(page, base, username) {
  await page.goto(base);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Of the app, in a browser that has it not yet, from the begin of the navigation. */
async function firstPaint(context, base) {
  const page = await (await context.browser().newContext()).newPage();
  await page.goto(base);
  await page.getByRole('heading').first().waitFor();
  const at = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  await page.context().close();
  return at;
}

/**
 * From the click, and from the moment the page has the messages, until the newest message is painted: as the first look
 * at it, and with what an earlier look has left here.
 */
async function openings(page, base, { conversationId, other }) {
  await page.goto(`${base}/c/${other.conversationId}`);
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
  const open = async () => {
    await page.evaluate(() => performance.clearResourceTimings());
    const times = await page.evaluate(clickAndWait, `a[href="/c/${conversationId}"]`);
    return times;
  };
  const first = await open();
  await page.locator(`a[href="/c/${other.conversationId}"]`).click();
  await page
    .getByText('No messages yet')
    .or(page.getByRole('textbox', { name: 'Message' }))
    .first()
    .waitFor();
  const again = await open();
  return { first, again };
}

/** Runs in the page. */
function clickAndWait(link) {
  return new Promise((resolve) => {
    const start = performance.now();
    const there = () => document.querySelectorAll('[role="log"] article').length > 5;
    const look = () => {
      if (!there()) return void requestAnimationFrame(look);
      // what a frame has laid out is painted when the one after it begins
      requestAnimationFrame(() => {
        const shown = performance.now();
        const [answer] = performance.getEntriesByType('resource').filter(({ name }) => /\/messages/.test(name));
        resolve({ clickMs: shown - start, dataMs: answer ? shown - answer.responseEnd : null });
      });
    };
    const click = () => {
      document.querySelector(link).click();
      look();
    };
    // the link leaves the page with the list that it is in for a moment
    requestAnimationFrame(click);
  });
}

/** A page of nothing but text, scrolled the same way: what this machine and this browser can do at all just now. */
async function scrollPlain(context, ms) {
  const page = await context.newPage();
  await page.setContent(
    `<div role="log" style="height:100vh;overflow-y:auto">${'<p>plain text</p>'.repeat(20_000)}</div>`,
  );
  await page.bringToFront();
  const cdp = await context.newCDPSession(page);
  const result = await scroll(page, cdp, { step: STEP, ms });
  await page.close();
  return result;
}

/** Scrolls frame by frame. @returns the frames' intervals, and what the main thread did for each */
async function scroll(page, cdp, { step, ms }) {
  await cdp.send('Performance.enable');
  const before = await metrics(cdp);
  const { deltas, messages } = await page.evaluate(scrollInPage, { step, ms });
  const after = await metrics(cdp);
  const frames = deltas.length;
  const perFrame = (name) => ((after[name] - before[name]) * 1000) / frames;
  deltas.sort((a, b) => a - b);
  const share = (part) => deltas[Math.min(frames - 1, Math.floor(frames * part))];
  return {
    frames,
    messages,
    framesPerSecond: (frames * 1000) / deltas.reduce((sum, delta) => sum + delta, 0),
    frameMs: { p50: share(0.5), p95: share(0.95), p99: share(0.99), max: share(1) },
    mainThreadMs: perFrame('TaskDuration'),
    scriptMs: perFrame('ScriptDuration'),
    layoutMs: perFrame('LayoutDuration') + perFrame('RecalcStyleDuration'),
  };
}

/** Runs in the page. */
function scrollInPage({ step, ms }) {
  const log = document.querySelector('[role="log"]');
  const deltas = [];
  const passed = new Set();
  return new Promise((resolve) => {
    const start = performance.now();
    let last = start;
    const frame = (now) => {
      if (now > last) deltas.push(now - last);
      last = now;
      log.scrollBy(0, step);
      for (const row of log.querySelectorAll('article [data-text]')) passed.add(row.textContent);
      if (now - start < ms) requestAnimationFrame(frame);
      else resolve({ deltas, messages: passed.size });
    };
    requestAnimationFrame(frame);
  });
}

async function metrics(cdp) {
  const { metrics: list } = await cdp.send('Performance.getMetrics');
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

/** Megabytes: of the page's objects after a collection, and the renderer's own memory where the system says. */
async function memory(browser, cdp) {
  await cdp.send('Performance.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  const { JSHeapUsedSize, Nodes } = await metrics(cdp);
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  await system.detach();
  const tabs = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => ownMegabytes(id));
  return { heapMB: JSHeapUsedSize / 1e6, tabMB: Math.max(...tabs), nodes: Nodes };
}

function ownMegabytes(pid) {
  try {
    const [, kilobytes] = /^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? NaN) / 1000;
  } catch {
    return NaN;
  }
}

/** Kilobytes of gzipped scripts that the page loads before it is shown. */
export async function firstLoadKB(browser, base) {
  const page = await browser.newPage();
  await page.goto(base);
  await page.getByRole('heading').first().waitFor();
  const urls = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => new URL(name).pathname.endsWith('.js')),
  );
  await page.close();
  const sizes = urls.map(async (url) => gzipSync(await (await fetch(url)).text(), { level: 9 }).length);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1000;
}
